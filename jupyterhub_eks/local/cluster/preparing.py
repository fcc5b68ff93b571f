"""Prepare a start: certificates, ports and the files that components read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.local.cluster import plan as parts
from jupyterhub_eks.local.cluster.kubeconfig import Access
from jupyterhub_eks.local.cluster.pki import ensure_pki
from jupyterhub_eks.local.cluster.ports import choose_ports
from jupyterhub_eks.local.cluster.programs import Build
from jupyterhub_eks.local.cluster.running import ProcessRecord
from jupyterhub_eks.replacing import replace_file

if TYPE_CHECKING:
    from jupyterhub_eks.local.cluster.files import PlaneFiles


@dataclass(frozen=True, kw_only=True)
class PlaneRecord:
    """What a control plane was started with last.

    Attributes:
        deployment: Its name.
        build: Folder of the programs.
        ports: Port of each component by name.
        authenticator: Arguments of the token authenticator; empty: there is none.
    """

    deployment: str
    build: Path
    ports: dict[str, int]
    authenticator: tuple[str, ...]

    def write(self, path: Path) -> None:
        """Write the record atomically."""
        document = {
            "deployment": self.deployment,
            "build": str(self.build),
            "ports": self.ports,
            "authenticator": self.authenticator,
        }
        replace_file(path, json.dumps(document, indent=1).encode())

    @classmethod
    def read(cls, files: PlaneFiles) -> PlaneRecord | None:
        """Return the record, or None if there is none that can be read."""
        try:
            document: Any = json.loads(files.record.read_text())
            ports = {str(name): int(port) for name, port in document["ports"].items()}
            return cls(
                deployment=str(document["deployment"]),
                build=Path(document["build"]),
                ports=ports,
                authenticator=tuple(str(each) for each in document["authenticator"]),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def plan(self, files: PlaneFiles) -> parts.Plan:
        """Return what the components were made from."""
        return parts.Plan(
            files=files,
            build=Build(self.build),
            ports=self.ports,
            authenticator=self.authenticator,
        )


def prepare(
    files: PlaneFiles,
    deployment: str,
    build: Build,
    authenticator: tuple[str, ...],
) -> parts.Plan:
    """Write everything that the components read, and return the plan of them.

    Ports stay as they were where nobody else has taken them, so that addresses which others
    wrote down stay right.

    Raises:
        LocalClusterError: No port is free.
        OSError: The folder cannot be written.
    """
    ensure_pki(files.pki)
    files.config.mkdir(exist_ok=True, mode=0o700)
    former = PlaneRecord.read(files)
    ports = choose_ports(parts.PORT_NAMES, former.ports if former else {}, _held(files))
    record = PlaneRecord(
        deployment=deployment,
        build=build.folder,
        ports=ports,
        authenticator=authenticator,
    )
    record.write(files.record)
    plan = record.plan(files)
    for name, client in _CLIENTS.items():
        _write_access(plan, plan.kubeconfig(name), name, plan.url(parts.API), client)
    if authenticator:
        address = plan.url(parts.AUTHENTICATOR, "/authenticate")
        _write_access(plan, plan.webhook, parts.AUTHENTICATOR, address, "authenticator-client")
    _write_access(plan, files.kubeconfig, deployment, plan.url(parts.API), "admin")
    return plan


_CLIENTS = {
    parts.CONTROLLERS: "controller-manager",
    parts.SCHEDULER: "scheduler",
    parts.KWOK: "kwok",
}


def _held(files: PlaneFiles) -> frozenset[str]:
    """Return the names of the ports that our own running components hold."""
    alive = {
        name
        for name in parts.NAMES
        if (record := ProcessRecord.read(files.process(name))) and record.alive
    }
    return frozenset(alive | ({parts.ETCD_PEER} if parts.ETCD in alive else set()))


def _write_access(plan: parts.Plan, path: Path, context: str, server: str, client: str) -> None:
    access = Access(context=context, server=server, folder=plan.files.pki, client=client)
    replace_file(path, access.render())
