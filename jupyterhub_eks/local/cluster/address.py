"""Where a control plane is found, whether it runs just now or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.errors import UsageError
from jupyterhub_eks.local.cluster import plan as parts
from jupyterhub_eks.local.cluster.files import plane_files
from jupyterhub_eks.local.cluster.kubeconfig import Access
from jupyterhub_eks.local.cluster.preparing import PlaneRecord

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.local.cluster.files import PlaneFiles


@dataclass(frozen=True, kw_only=True)
class Address:
    """An API server.

    Attributes:
        endpoint: Its URL.
        certificate_authority: What vouches for it, as EKS shows it: PEM in base64.
    """

    endpoint: str
    certificate_authority: str


def address(root: Path, deployment: str) -> Address | None:
    """Return the address of a deployment's control plane, or None if it has none.

    It keeps its port and its certificates from start to start.
    """
    try:
        files = plane_files(root, deployment)
    except UsageError:
        return None  # no name of a cluster
    record = PlaneRecord.read(files)
    if record is None:
        return None
    try:
        return address_of(files, record)
    except OSError:
        return None


def address_of(files: PlaneFiles, record: PlaneRecord) -> Address:
    """Return the address that a record tells.

    Raises:
        OSError: The certificate cannot be read.
    """
    endpoint = record.plan(files).url(parts.API)
    access = Access(context="", server=endpoint, folder=files.pki, client="admin")
    return Address(endpoint=endpoint, certificate_authority=access.certificate_authority)
