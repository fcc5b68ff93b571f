"""Where a control plane keeps its files: ``<work folder>/local-cluster/<deployment>/``.

Not below ``<work folder>/local``, whose folders are deployments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = "local-cluster"
# The rule for names of EKS clusters (EKS API reference, CreateCluster).
_NAME: Final = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}")


@dataclass(frozen=True)
class PlaneFiles:
    """Files of one control plane; nothing is made by reading a path."""

    home: Path

    @property
    def lock(self) -> Path:
        """Held while the control plane is started, stopped or emptied."""
        return self.home / "lock"

    @property
    def record(self) -> Path:
        """What the control plane was started with."""
        return self.home / "plane.json"

    @property
    def pki(self) -> Path:
        """Keys and certificates."""
        return self.home / "pki"

    @property
    def config(self) -> Path:
        """Configuration files of the components."""
        return self.home / "config"

    @property
    def data(self) -> Path:
        """Data folder of etcd: everything that the cluster holds."""
        return self.home / "etcd"

    @property
    def kubeconfig(self) -> Path:
        """Administrator's access, for people and programs."""
        return self.home / "kubeconfig"

    @property
    def audit(self) -> Path:
        """One line of JSON for every change, in order."""
        return self.home / "audit.log"

    def process(self, component: str) -> Path:
        """Return the record of a component's process."""
        return self.home / "run" / f"{component}.json"

    def log(self, component: str) -> Path:
        """Return the log of a component."""
        return self.home / "logs" / f"{component}.log"


def plane_files(root: Path, deployment: str) -> PlaneFiles:
    """Return the files of a deployment's control plane in a work folder.

    Raises:
        UsageError: The name cannot be that of a cluster.
    """
    if not _NAME.fullmatch(deployment):
        raise UsageError(
            f"{deployment!r} is no name of a cluster",
            cause="letters, digits, '-' and '_', at most 100, with a letter or digit first",
        )
    return PlaneFiles(root.absolute() / FOLDER / deployment)


def planes(root: Path) -> tuple[str, ...]:
    """Return the deployments that have a control plane in a work folder, running or not."""
    found = root.absolute() / FOLDER
    return tuple(sorted(path.parent.name for path in found.glob("*/plane.json")))
