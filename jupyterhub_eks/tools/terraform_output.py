"""Read what Terraform prints for machines.

The line format is Terraform's "machine-readable UI" (``-json``; major version 1),
the plan format that of ``terraform show -json`` (major version 1). Both promise to
add only; so unknown types and keys are passed over.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from jupyterhub_eks.ports import PlannedChange, Progress

# "action" of a ``planned_change`` line -> "actions" as in ``terraform show -json``.
_ACTIONS: Final[dict[str, tuple[str, ...]]] = {
    "create": ("create",),
    "update": ("update",),
    "delete": ("delete",),
    "remove": ("forget",),
    "replace": ("delete", "create"),
    "import": ("import",),
    "move": ("move",),
}
_STATUS: Final = {
    "apply_start": "started",
    "apply_progress": "running",
    "apply_complete": "finished",
    "apply_errored": "failed",
}
_NOTHING: Final = (("no-op",), ("read",))


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """An error or warning of Terraform; ``address`` is empty where none is concerned."""

    severity: str
    summary: str
    detail: str = ""
    address: str = ""


def parse_line(line: str) -> dict[str, Any] | None:
    """Return the message in a line, or None for anything but a JSON object."""
    if not line.startswith("{"):
        return None
    try:
        message = json.loads(line)
    except json.JSONDecodeError:
        return None
    return message if isinstance(message, dict) else None


def progress_of(message: dict[str, Any]) -> Progress | None:
    """Return the progress that a message tells of a resource."""
    status = _STATUS.get(message.get("type", ""))
    if status is None:
        return None
    hook = message.get("hook", {})
    address = hook.get("resource", {}).get("addr", "")
    return Progress(address=address, action=hook.get("action", ""), status=status)


def diagnostic_of(message: dict[str, Any]) -> Diagnostic | None:
    """Return the diagnostic in a message."""
    if message.get("type") != "diagnostic":
        return None
    told = message.get("diagnostic", {})
    return Diagnostic(
        severity=told.get("severity", "error"),
        summary=told.get("summary", message.get("@message", "")),
        detail=told.get("detail", ""),
        address=told.get("address", ""),
    )


def errors_in(output: str) -> tuple[Diagnostic, ...]:
    """Return the errors in a command's whole output, each once, in order."""
    found: dict[Diagnostic, None] = {}
    for line in output.splitlines():
        message = parse_line(line)
        diagnostic = diagnostic_of(message) if message else None
        if diagnostic and diagnostic.severity == "error":
            found[diagnostic] = None
    return tuple(found)


def changes_in(output: str) -> tuple[PlannedChange, ...]:
    """Return what ``terraform plan -json`` said it would change.

    This saves a ``terraform show``, which would start every provider once more only
    to read its schema. Changed outputs count: dependants may need them.
    """
    changes: list[PlannedChange] = []
    for line in output.splitlines():
        message = parse_line(line) or {}
        if message.get("type") == "planned_change":
            changes.extend(_planned(message.get("change", {})))
        elif message.get("type") == "outputs":
            changes.extend(_changed_outputs(message.get("outputs", {})))
    return tuple(changes)


def _planned(change: dict[str, Any]) -> list[PlannedChange]:
    actions = _ACTIONS.get(change.get("action", ""))
    resource = change.get("resource", {})
    if actions is None:
        return []
    found = [
        PlannedChange(
            address=resource.get("addr", ""),
            type=resource.get("resource_type", ""),
            actions=actions,
        )
    ]
    # An import that changes the resource too is told as its change plus "importing".
    if "importing" in change and actions != ("import",):
        found.insert(
            0, PlannedChange(address=found[0].address, type=found[0].type, actions=("import",))
        )
    return found


def _changed_outputs(outputs: dict[str, Any]) -> list[PlannedChange]:
    return [
        PlannedChange(address=f"output.{name}", type="output", actions=(output["action"],))
        for name, output in sorted(outputs.items())
        if output.get("action") in {"create", "update", "delete"}
    ]


def changes_of_plan(document: str) -> tuple[PlannedChange, ...]:
    """Return the changes in the output of ``terraform show -json PLANFILE``."""
    plan = json.loads(document)
    changes: list[PlannedChange] = []
    for resource in plan.get("resource_changes", []):
        change = resource.get("change", {})
        address, kind = resource.get("address", ""), resource.get("type", "")
        if "importing" in change:
            changes.append(PlannedChange(address=address, type=kind, actions=("import",)))
        actions = tuple(change.get("actions", ()))
        if actions not in _NOTHING and resource.get("mode") != "data":
            changes.append(PlannedChange(address=address, type=kind, actions=actions))
    for name, change in sorted(plan.get("output_changes", {}).items()):
        actions = tuple(change.get("actions", ()))
        if actions not in _NOTHING:
            changes.append(PlannedChange(address=f"output.{name}", type="output", actions=actions))
    return tuple(changes)
