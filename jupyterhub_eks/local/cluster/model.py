"""A control plane as commands and tests see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

ComponentState = Literal["running", "ended", "silent", "stopped"]


@dataclass(frozen=True, kw_only=True)
class PlaneSettings:
    """Which control plane is meant, and who may use it.

    Attributes:
        root: Work folder.
        deployment: Name of the deployment, which is that of its cluster.
        region: Region in which the embedded AWS has the cluster. Tokens of its identities
            are accepted as EKS would; without a region only the administrator's
            certificate is.
    """

    root: Path
    deployment: str
    region: str = ""


@dataclass(frozen=True, kw_only=True)
class ControlPlane:
    """A running control plane.

    Attributes:
        endpoint: URL of its API.
        certificate_authority: What vouches for that URL, as EKS shows it: PEM in base64.
        kubeconfig: File with an administrator's access, mode 600.
        audit_log: One line of JSON for every change, in order.
        version: What the API says its version is, e.g. ``v1.36.3``.
        launched: Unix time at which the API server was started, in seconds.
    """

    deployment: str
    endpoint: str
    certificate_authority: str
    kubeconfig: Path
    audit_log: Path
    version: str
    launched: float


@dataclass(frozen=True, kw_only=True)
class ComponentStatus:
    """One component.

    Attributes:
        state: ``ended``: it died by itself; ``silent``: it runs and does not answer.
        pid: Its process; 0 if there is none.
        resident_mib: Resident memory, MiB.
        log: Its log file.
    """

    name: str
    state: ComponentState
    pid: int
    port: int
    resident_mib: float
    log: Path


@dataclass(frozen=True, kw_only=True)
class PlaneStatus:
    """A control plane as it is now.

    Attributes:
        plane: It, if all of its components run.
        components: All of them, in the order of their start.
        is_moving: Whether a command is starting or stopping it at this moment.
    """

    deployment: str
    plane: ControlPlane | None
    components: tuple[ComponentStatus, ...]
    is_moving: bool = False

    @property
    def faults(self) -> tuple[ComponentStatus, ...]:
        """The components that should run and do not; none while it starts or stops."""
        if self.is_moving:
            return ()
        return tuple(each for each in self.components if each.state in {"ended", "silent"})
