"""Start, find, repair, stop and empty the control plane of a deployment.

Every component is a process of its own that outlives the command that started it. Its
record says what it was started as, so a start keeps what runs as it should and replaces
the rest, whatever happened in between.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import LocalClusterError
from jupyterhub_eks.local.cluster import health, running
from jupyterhub_eks.local.cluster import plan as parts
from jupyterhub_eks.local.cluster.address import address_of
from jupyterhub_eks.local.cluster.components import components
from jupyterhub_eks.local.cluster.files import plane_files, planes
from jupyterhub_eks.local.cluster.model import (
    ComponentState,
    ComponentStatus,
    ControlPlane,
    PlaneStatus,
)
from jupyterhub_eks.local.cluster.preparing import PlaneRecord, prepare
from jupyterhub_eks.local.cluster.running import ProcessRecord
from jupyterhub_eks.local.cluster.starting import StartSink, bring_up
from jupyterhub_eks.local.locking import exclusive, is_locked
from jupyterhub_eks.local.processes import resident_mib
from jupyterhub_eks.workspace import make_private

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from jupyterhub_eks.local.cluster.files import PlaneFiles
    from jupyterhub_eks.local.cluster.model import PlaneSettings
    from jupyterhub_eks.local.cluster.plan import Component
    from jupyterhub_eks.local.cluster.programs import Build

# Some ten seconds on an idle machine, minutes on one that many others use.
START_SECONDS: Final = 480.0
_LOCK_SECONDS: Final = 600.0


def start(
    settings: PlaneSettings,
    build: Build,
    emit: StartSink,
    *,
    seconds: float = START_SECONDS,
) -> ControlPlane:
    """Return the control plane, starting or repairing it as far as that is needed.

    Two commands that start at once get the same one. What it holds is kept.

    Args:
        settings: Which one.
        build: Its programs, complete.
        emit: Told which component is started and ready.
        seconds: How long all of it may take.

    Raises:
        LocalClusterError: A component does not come up.
    """
    files = plane_files(settings.root, settings.deployment)
    try:
        make_private(settings.root)
        files.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _locked(files):
            plan = prepare(files, settings.deployment, build, _authenticator(settings))
            bring_up(plan, emit, seconds=seconds)
    except OSError as error:
        raise LocalClusterError(
            f"cannot write in the folder {files.home}",
            cause=str(error),
            hint="make room or correct the permissions, or choose another folder with --work-dir",
        ) from error
    found = find(settings.root, settings.deployment)
    if found is None:
        raise LocalClusterError(
            "the local Kubernetes was ready and stopped again",
            hint="'jhub local cluster status' names the component; run the command again",
        )
    return found


def find(root: Path, deployment: str) -> ControlPlane | None:
    """Return the control plane of a deployment if all of it runs, else None."""
    files = plane_files(root, deployment)
    record = PlaneRecord.read(files)
    if record is None:
        return None
    processes = [
        ProcessRecord.read(files.process(each.name)) for each in components(record.plan(files))
    ]
    if not all(process is not None and process.alive for process in processes):
        return None
    return _reach(files, record)


def status(root: Path, deployment: str) -> PlaneStatus:
    """Return every component of a control plane with its state."""
    files = plane_files(root, deployment)
    # Asked first: what has just become ready must not be taken for what never did.
    is_moving = is_locked(files.lock)
    record = PlaneRecord.read(files)
    found = components(record.plan(files)) if record else ()
    return PlaneStatus(
        deployment=deployment,
        plane=find(root, deployment),
        components=tuple(_status(files, each, record.ports) for each in found) if record else (),
        is_moving=is_moving,
    )


def stop(root: Path, deployment: str) -> bool:
    """Stop a control plane, keeping what it holds; return whether any of it ran.

    Raises:
        LocalClusterError: A process does not end.
    """
    files = plane_files(root, deployment)
    if not files.home.is_dir():
        return False
    with _locked(files):
        return _stop(files)


def reset(root: Path, deployment: str) -> bool:
    """Stop a control plane and delete all it holds; return whether there was one.

    Raises:
        LocalClusterError: A process does not end, or a file cannot be deleted.
    """
    files = plane_files(root, deployment)
    if not files.home.is_dir():
        return False
    with _locked(files):
        existed = files.record.exists()
        _stop(files)
        _delete(files)
    return existed


def stop_all(root: Path) -> tuple[str, ...]:
    """Stop every control plane of a work folder; return the names of those that ran."""
    return tuple(name for name in planes(root) if stop(root, name))


def reset_all(root: Path) -> tuple[str, ...]:
    """Stop and delete every control plane of a work folder; return their names."""
    return tuple(name for name in planes(root) if reset(root, name))


def _authenticator(settings: PlaneSettings) -> tuple[str, ...]:
    if not settings.region:
        return ()
    return (
        f"--cluster={settings.deployment}",
        f"--region={settings.region}",
        f"--work-dir={settings.root.absolute()}",
    )


def _delete(files: PlaneFiles) -> None:
    """Delete everything but the lock, which others may wait for, and the record last."""
    try:
        for path in files.home.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path not in {files.lock, files.record}:
                path.unlink()
        files.record.unlink(missing_ok=True)
    except OSError as error:
        raise LocalClusterError(
            f"cannot delete the local Kubernetes in {files.home}",
            cause=str(error),
            hint=f"delete the folder {files.home} by hand",
        ) from error


def _locked(files: PlaneFiles) -> AbstractContextManager[int]:
    return exclusive(
        files.lock,
        wait_seconds=_LOCK_SECONDS,
        what="starting or stopping the local Kubernetes",
        failure=LocalClusterError,
    )


def _stop(files: PlaneFiles) -> bool:
    """End the components in reverse, so that none loses what it talks to before its end."""
    ended = [name for tier in reversed(parts.TIERS) for name in running.end(files, tier)]
    return bool(ended)


def _reach(files: PlaneFiles, record: PlaneRecord) -> ControlPlane | None:
    plan = record.plan(files)
    code, version = health.ask(plan.url(parts.API, "/version"), files.pki)
    process = ProcessRecord.read(files.process(parts.API))
    if code != 200 or not isinstance(version, dict) or process is None:
        return None
    address = address_of(files, record)
    return ControlPlane(
        deployment=record.deployment,
        endpoint=address.endpoint,
        certificate_authority=address.certificate_authority,
        kubeconfig=files.kubeconfig,
        audit_log=files.audit,
        version=str(version.get("gitVersion", "")),
        launched=process.launched,
    )


def _status(files: PlaneFiles, component: Component, ports: dict[str, int]) -> ComponentStatus:
    process = ProcessRecord.read(files.process(component.name))
    state: ComponentState = "stopped"
    if process is not None:
        state = "ended"
        if process.alive:
            state = "running" if health.answers(component, files.pki) else "silent"
    pid = process.pid if process is not None and process.alive else 0
    return ComponentStatus(
        name=component.name,
        state=state,
        pid=pid,
        port=ports.get(component.name, 0),
        resident_mib=resident_mib(pid) if pid else 0.0,
        log=files.log(component.name),
    )
