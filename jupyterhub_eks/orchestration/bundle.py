"""Reviewed plans in a folder: written by ``plan --out``, applied by ``deploy --plan``."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from jupyterhub_eks.errors import RefusedError, StalePlanError, StateError
from jupyterhub_eks.orchestration.atomic import write_atomically
from jupyterhub_eks.orchestration.events import Note
from jupyterhub_eks.orchestration.failures import raise_failures
from jupyterhub_eks.orchestration.files import digest
from jupyterhub_eks.orchestration.release_folding import fold_changes
from jupyterhub_eks.orchestration.reports import StackPlan
from jupyterhub_eks.orchestration.scheduler import Task

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.planning import Composition
    from jupyterhub_eks.orchestration.reports import PlanReport
    from jupyterhub_eks.orchestration.session import Session

META: Final = "meta.json"
SCHEMA_VERSION: Final = 1
_HINT: Final = "plan again with `jhub plan --out`, and have the new plan reviewed"


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """Plans to apply exactly as they are, and the stacks that had none."""

    plans: dict[str, StackPlan]
    waiting: tuple[str, ...]


def check_empty(folder: Path) -> None:
    """Refuse a folder that holds anything.

    Raises:
        RefusedError: It does, or is a file.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RefusedError(
            f"{folder} is not empty", hint="name a new folder, or empty this one yourself"
        )


def write(session: Session, deployment: Deployment, report: PlanReport, folder: Path) -> None:
    """Copy the plans of a run, with what they depend on.

    Raises:
        StateError: The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        stacks = {plan.stack: _entry(session, plan, folder) for plan in report.stacks}
    except OSError as error:
        raise StateError(
            f"cannot write the plans to {folder}",
            cause=str(error),
            hint="make room or choose another folder",
        ) from error
    meta = {"schema_version": SCHEMA_VERSION, **_identity(session, deployment), "stacks": stacks}
    write_atomically(folder / META, json.dumps(meta, indent=2) + "\n")


def _entry(session: Session, plan: StackPlan, folder: Path) -> dict[str, Any]:
    if plan.waits_for:
        return {"waits_for": list(plan.waits_for)}
    target = folder / f"{plan.stack}.tfplan"
    shutil.copyfile(session.plan_file(plan.stack), target)
    target.chmod(0o600)
    return {**_basis(session, plan.stack), "removed": plan.removed, "plan": _hash(target)}


def load(
    session: Session, deployment: Deployment, composition: Composition, folder: Path
) -> Reviewed:
    """Check that the plans still fit and bring them into the workspace.

    Raises:
        StalePlanError: Configuration, code, state, target or Terraform is another one.
    """
    meta = _read_meta(folder)
    reasons = [
        f"{what} is not the one of the plan"
        for what, value in _identity(session, deployment).items()
        if meta.get(what) != value
    ]
    stacks: dict[str, dict[str, Any]] = meta.get("stacks", {})
    names = {node.name for node in composition.nodes} | set(composition.removed)
    for name, entry in stacks.items():
        if "waits_for" in entry:
            continue
        if name not in names:
            reasons.append(f"stack {name!r} is not there any more")
        elif {key: entry.get(key) for key in ("digest", "serial", "lineage")} != _basis(
            session, name
        ):
            reasons.append(f"files or state of stack {name!r} have changed")
        elif not _is_intact(folder / f"{name}.tfplan", entry):
            reasons.append(f"the plan of stack {name!r} is missing or was changed")
    if reasons:
        raise StalePlanError(
            f"the plans in {folder} no longer fit", cause="\n".join(reasons), hint=_HINT
        )
    return _bring(session, folder, stacks, names)


def _bring(
    session: Session, folder: Path, stacks: dict[str, dict[str, Any]], names: set[str]
) -> Reviewed:
    session.ctx.workspace.plans.mkdir(parents=True, exist_ok=True, mode=0o700)
    session.emit(Note(text=f"reading the plans in {folder}"))
    tasks = [
        Task(name=name, run=partial(_bring_one, session, folder, name, entry))
        for name, entry in stacks.items()
        if "waits_for" not in entry
    ]
    results = session.scheduler().run(tasks)
    raise_failures(session, results)
    plans = {task.name: cast("StackPlan", results.done[task.name]) for task in tasks}
    return Reviewed(plans=plans, waiting=tuple(sorted(names - plans.keys())))


def _bring_one(session: Session, folder: Path, name: str, entry: dict[str, Any]) -> StackPlan:
    shutil.copyfile(folder / f"{name}.tfplan", session.plan_file(name))
    run = session.run_of(name)
    session.ctx.terraform.init(run, {})
    changes = fold_changes(session.ctx.terraform.show(run, session.plan_file(name)))
    return StackPlan(stack=name, changes=changes, removed=bool(entry.get("removed")))


def _identity(session: Session, deployment: Deployment) -> dict[str, str]:
    configuration = deployment.model_dump_json()
    return {
        "deployment": session.ctx.workspace.name,
        "target": session.ctx.target.kind,
        "instance": session.ctx.target.instance_id,
        "configuration": hashlib.sha256(configuration.encode()).hexdigest(),
        "terraform": session.ctx.terraform.version(),
    }


def _basis(session: Session, stack: str) -> dict[str, Any]:
    state = session.state(stack)
    folder = session.ctx.workspace.stack_dir(stack)
    return {"digest": digest(folder), "serial": state.serial, "lineage": state.lineage}


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _is_intact(path: Path, entry: dict[str, Any]) -> bool:
    return path.is_file() and _hash(path) == entry.get("plan")


def _read_meta(folder: Path) -> dict[str, Any]:
    try:
        meta: dict[str, Any] = json.loads((folder / META).read_text(encoding="utf-8"))
        if meta["schema_version"] != SCHEMA_VERSION:
            raise StalePlanError(f"{folder} was written by another release of jhub", hint=_HINT)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StalePlanError(
            f"{folder} holds no plans of `jhub plan --out`", cause=str(error), hint=_HINT
        ) from error
    return meta
