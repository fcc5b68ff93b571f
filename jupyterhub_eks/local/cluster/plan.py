"""What the components of a control plane are made from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.local.cluster import pki

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyterhub_eks.local.cluster.files import PlaneFiles
    from jupyterhub_eks.local.cluster.programs import Build

ETCD: Final = "etcd"
AUTHENTICATOR: Final = "authenticator"
API: Final = "kube-apiserver"
CONTROLLERS: Final = "kube-controller-manager"
SCHEDULER: Final = "kube-scheduler"
KWOK: Final = "kwok"
# Started from left to right, each group at once and only when the one before is ready.
TIERS: Final = ((ETCD, AUTHENTICATOR), (API,), (CONTROLLERS, SCHEDULER, KWOK))
NAMES: Final = tuple(name for tier in TIERS for name in tier)
ETCD_PEER: Final = "etcd-peer"
PORT_NAMES: Final = (*NAMES, ETCD_PEER)


@dataclass(frozen=True, kw_only=True)
class Component:
    """One process of a control plane.

    Attributes:
        name: Its name, for people and file names.
        argv: Program and arguments.
        inputs: Files it reads when it starts.
        health: URL that answers 200 when it is ready.
        authority: Certificate authority of that URL.
        client: Certificate to show there, by name.
    """

    name: str
    argv: tuple[str, ...]
    inputs: tuple[Path, ...]
    health: str
    authority: str = pki.API_CA
    client: str = "admin"

    @property
    def fingerprint(self) -> str:
        """Short hash of command line and inputs: another one asks for a restart."""
        digest = hashlib.sha256("\0".join(self.argv).encode())
        for path in self.inputs:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the components of one control plane are made from.

    Attributes:
        files: Its files.
        build: The programs.
        ports: Port by name, for all of :data:`PORT_NAMES`.
        authenticator: Arguments of the token authenticator; empty: there is none.
    """

    files: PlaneFiles
    build: Build
    ports: Mapping[str, int]
    authenticator: tuple[str, ...] = ()

    def url(self, name: str, path: str = "") -> str:
        """Return the address of a component."""
        return f"https://127.0.0.1:{self.ports[name]}{path}"

    def certificate(self, name: str) -> Path:
        """Return the file of a certificate."""
        return pki.certificate(self.files.pki, name)

    def key(self, name: str) -> Path:
        """Return the file of a private key."""
        return pki.private_key(self.files.pki, name)

    def kubeconfig(self, name: str) -> Path:
        """Return the kubeconfig of a component."""
        return self.files.config / f"{name}.kubeconfig"

    @property
    def webhook(self) -> Path:
        """Configuration by which the API server finds the authenticator."""
        return self.kubeconfig(AUTHENTICATOR)
