"""Bring the components up, group after group, and say which one does not come."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import LocalClusterError
from jupyterhub_eks.local.cluster import health, running
from jupyterhub_eks.local.cluster import plan as parts
from jupyterhub_eks.local.cluster.components import components
from jupyterhub_eks.local.cluster.running import ProcessRecord

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from jupyterhub_eks.local.cluster.files import PlaneFiles
    from jupyterhub_eks.local.cluster.plan import Component, Plan

_POLL_SECONDS: Final = 0.1
_LOG_LINES: Final = 12
# How long a component that runs may take to answer before it is taken for stuck.
_PATIENCE_SECONDS: Final = 30.0
# A component that was started so lately may be about to answer.
_GRACE_SECONDS: Final = 20.0


@dataclass(frozen=True, kw_only=True)
class ComponentStarted:
    """A component is started; ``reason`` says what was wrong with the one before, if any."""

    component: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ComponentReady:
    """A component answers, ``seconds`` after the start began."""

    component: str
    seconds: float


StartEvent = ComponentStarted | ComponentReady
StartSink = Callable[[StartEvent], None]


@dataclass(frozen=True)
class _Need:
    """What a component needs that does not run as it should.

    Attributes:
        reason: What was wrong; empty if it was not there at all.
        launch: Whether it has to be started; else it was a moment ago, by another command.
    """

    reason: str = ""
    launch: bool = True


def bring_up(plan: Plan, emit: StartSink, *, seconds: float) -> None:
    """Let every component run as planned, keeping those that do.

    Raises:
        LocalClusterError: One does not start or is not ready after ``seconds``.
    """
    began = time.monotonic()
    wanted = {component.name: component for component in components(plan)}
    needs = {name: need for name, each in wanted.items() if (need := _need(each, plan.files))}
    launched = {name for name, need in needs.items() if need.launch}
    _end_all_but(wanted.keys() - launched, plan.files)
    for tier in parts.TIERS:
        group = [wanted[name] for name in tier if name in needs]
        for component in group:
            if component.name in launched:
                reason = needs[component.name].reason
                emit(ComponentStarted(component=component.name, reason=reason))
                running.launch(component, plan.files, os.environ)
        _await(group, plan.files, began, emit, seconds=seconds)
    _await_accounts(plan, began + seconds)


def _end_all_but(kept: AbstractSet[str], files: PlaneFiles) -> None:
    """End the rest in reverse order: an API server without its etcd ends only when killed."""
    for tier in reversed(parts.TIERS):
        running.end(files, [name for name in tier if name not in kept])


def _need(component: Component, files: PlaneFiles) -> _Need | None:
    """Say what a component needs; None if it runs as it should."""
    record = ProcessRecord.read(files.process(component.name))
    if record is None:
        return _Need()
    if not record.alive:
        return _Need("it had ended")
    if record.fingerprint != component.fingerprint:
        return _Need("its settings have changed")
    if _answers_in_time(component, files):
        return None
    if time.time() - record.launched < _GRACE_SECONDS:
        return _Need(launch=False)
    return _Need("it did not answer")


def _answers_in_time(component: Component, files: PlaneFiles) -> bool:
    """Ask for a while: on a busy machine a healthy component may be slow, and is not replaced."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not health.answers(component, files.pki):
        record = ProcessRecord.read(files.process(component.name))
        if record is None or not record.alive or time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _await(
    group: Sequence[Component], files: PlaneFiles, began: float, emit: StartSink, *, seconds: float
) -> None:
    waiting = list(group)
    while waiting:
        for component in list(waiting):
            if health.answers(component, files.pki):
                waiting.remove(component)
                emit(ComponentReady(component=component.name, seconds=time.monotonic() - began))
            else:
                _require_alive(component, files)
        if waiting and time.monotonic() > began + seconds:
            raise _failed(waiting[0].name, f"is not ready after {seconds:g} s", files)
        time.sleep(_POLL_SECONDS if waiting else 0)


def _require_alive(component: Component, files: PlaneFiles) -> None:
    record = ProcessRecord.read(files.process(component.name))
    if record is None or not record.alive:
        raise _failed(component.name, "ended while it started", files)


def _await_accounts(plan: Plan, deadline: float) -> None:
    """Wait for the first service account: without it no pod would be admitted."""
    url = plan.url(parts.API, "/api/v1/namespaces/default/serviceaccounts/default")
    while health.ask(url, plan.files.pki)[0] != 200:
        if time.monotonic() > deadline:
            raise _failed(parts.CONTROLLERS, "makes no service accounts", plan.files)
        time.sleep(_POLL_SECONDS)


def _failed(name: str, what: str, files: PlaneFiles) -> LocalClusterError:
    log = files.log(name)
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    return LocalClusterError(
        f"{name} of the local Kubernetes {what}",
        cause="\n".join(lines[-_LOG_LINES:]) or "its log says nothing",
        hint="run the same command again; if that does not help, "
        "'jhub local cluster reset' begins with an empty cluster",
        log=str(log),
    )
