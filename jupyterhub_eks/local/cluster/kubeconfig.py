"""Kubeconfig files, as JSON, which is YAML too."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.kubeconfig import kubeconfig
from jupyterhub_eks.local.cluster import pki

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Access:
    """How a client reaches a server.

    Attributes:
        context: Name of the context, the cluster and the user.
        server: URL.
        folder: Folder of the certificates.
        client: Name of the client's certificate in it.
    """

    context: str
    server: str
    folder: Path
    client: str

    def _data(self, path: Path) -> str:
        return base64.b64encode(path.read_bytes()).decode()

    @property
    def certificate_authority(self) -> str:
        """The API's authority as EKS shows it: PEM in base64."""
        return self._data(pki.certificate(self.folder, pki.API_CA))

    def render(self) -> bytes:
        """Return the whole file: it names no other file, so it can be copied."""
        user = {
            "client-certificate-data": self._data(pki.certificate(self.folder, self.client)),
            "client-key-data": self._data(pki.private_key(self.folder, self.client)),
        }
        document = kubeconfig(
            self.context, server=self.server, authority=self.certificate_authority, user=user
        )
        return json.dumps(document, indent=1).encode()
