"""What a plan changes in a resource, attribute by attribute, without any secret.

The input is one of ``resource_changes`` of ``terraform show -json`` (format 1).
Only updates and replacements are looked into: what is created or deleted says it by name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, Literal

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.orchestration.carrying import RELEASE_TYPES
from jupyterhub_eks.orchestration.differences import Difference, Key, Kind, Place, differences
from jupyterhub_eks.orchestration.masking import (
    NO_SECRETS,
    Document,
    Gap,
    Hidden,
    Secrets,
    find_secrets,
    marks_of,
    mask,
    same,
)
from jupyterhub_eks.orchestration.secretlike import SENSITIVE, Code, Redacted

REASONS: Final = {
    "replace_because_tainted": "its creation was cut short",
    "replace_by_request": "asked for by name",
    "replace_by_triggers": "something it is tied to is replaced",
}
_LOOKED_INTO: Final = (("update",), ("delete", "create"), ("create", "delete"))
_FORMAT: Final = "1"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A value as it may be shown.

    Attributes:
        state: ``known``; ``unknown`` until the apply; ``sensitive``; or ``absent``.
        value: The value if it is known, else null. Inside a block that comes or goes as a
            whole the texts ``(sensitive)`` and ``(known after apply)`` stand for the others.
    """

    state: Literal["known", "unknown", "sensitive", "absent"]
    value: Any = None


@dataclass(frozen=True, kw_only=True)
class AttributeChange:
    """One attribute that changes.

    Attributes:
        path: Keys and positions, also those inside a JSON text such as a policy.
        name: The path for people, e.g. ``rule[0].lifecycle.delete_after``.
        kind: ``reordered`` and ``reformatted``: nothing but that.
        forces_replacement: Whether the resource is replaced because of it.
    """

    path: tuple[Key, ...]
    name: str
    kind: Kind
    before: Shown
    after: Shown
    forces_replacement: bool = False


@dataclass(frozen=True, kw_only=True)
class ResourceDetail:
    """What changes in one resource.

    Attributes:
        attributes: What forces a replacement first, what only the apply tells last.
        reason: Why it is replaced, where no attribute is the reason; else empty.
    """

    address: str
    attributes: tuple[AttributeChange, ...]
    reason: str = ""


def read_details(document: str) -> tuple[ResourceDetail, ...]:
    """Return what each updated or replaced resource of a plan changes.

    Args:
        document: Output of ``terraform show -json PLANFILE``.

    Raises:
        ToolError: It has another format.
    """
    return details_in(read_plan(document))


def read_plan(document: str) -> dict[str, Any]:
    """Return the content of a plan.

    Args:
        document: Output of ``terraform show -json PLANFILE``.

    Raises:
        ToolError: It has another format.
    """
    try:
        plan: dict[str, Any] = json.loads(document)
        version = str(plan["format_version"])
        plan.setdefault("resource_changes", [])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unreadable(type(error).__name__) from None  # its text may quote the plan
    if version.partition(".")[0] != _FORMAT:
        raise _unreadable(f"it has the format {version}, and {_FORMAT}.x is understood")
    return plan


def details_in(plan: dict[str, Any]) -> tuple[ResourceDetail, ...]:
    """Return what each updated or replaced resource changes; releases are told elsewhere."""
    everywhere = secrets_of(plan)
    return tuple(
        ResourceDetail(
            address=str(each.get("address", "")),
            attributes=changes_of(each, everywhere),
            reason=REASONS.get(each.get("action_reason", ""), ""),
        )
        for each in plan["resource_changes"]
        if tuple(each["change"].get("actions", ())) in _LOOKED_INTO
        and each.get("mode") != "data"
        and each.get("type") not in RELEASE_TYPES
    )


def secrets_of(plan: dict[str, Any]) -> Secrets:
    """Return the texts that are marked anywhere in a plan and hidden everywhere."""
    found = find_secrets(each.get("change", {}) for each in plan["resource_changes"])
    return Secrets(within=found.within)


def _unreadable(cause: str) -> ToolError:
    return ToolError(
        "the plan cannot be read",
        cause=f"`terraform show -json` printed something else than expected: {cause}",
        hint="give the path of a Terraform 1.x in JHUB_TERRAFORM",
    )


def changes_of(
    resource: dict[str, Any], everywhere: Secrets = NO_SECRETS
) -> tuple[AttributeChange, ...]:
    """Return what one of ``resource_changes`` changes.

    Args:
        resource: An update or a replacement.
        everywhere: Secrets of other resources, hidden here too.
    """
    change = resource["change"]
    secrets = find_secrets([change], everywhere)
    marks = marks_of(change)
    before = mask(change.get("before") or {}, marks, None, secrets)
    after = mask(change.get("after") or {}, marks, change.get("after_unknown"), secrets)
    replace = tuple(tuple(path) for path in change.get("replace_paths", ()))
    found = [attribute_of(each) for each in differences(before, after, Place(replace=replace))]
    return tuple(sorted(_without_repeated_tags(found), key=_weight))


def _weight(change: AttributeChange) -> tuple[bool, int]:
    """Return what sorts first the reason of a replacement, and last what says least."""
    unknown, unset = change.after.state == "unknown", change.after == Shown(state="known")
    return not change.forces_replacement, 2 * unknown + unset


def _without_repeated_tags(found: list[AttributeChange]) -> list[AttributeChange]:
    """Leave out what ``tags_all`` only says once more; it also holds the provider's own tags."""
    tags = [each for each in found if each.path[:1] == ("tags",)]
    told = [(each.path[1:], each.before, each.after) for each in tags]

    def repeats(each: AttributeChange) -> bool:
        if each.path[:1] != ("tags_all",) or each.forces_replacement:
            return False
        all_unknown = len(each.path) == 1 and each.after.state == "unknown"
        return (all_unknown and bool(tags)) or (each.path[1:], each.before, each.after) in told

    return [each for each in found if not repeats(each)]


def attribute_of(difference: Difference) -> AttributeChange:
    """Return a difference as it may be shown."""
    before, after = _shown(difference.before), _shown(difference.after)
    if isinstance(difference.before, Code) and isinstance(difference.after, Code):
        what = difference.after.compared_with(difference.before)
        after = Shown(state="known", value=what)
    known = before.state == after.state == "known"
    if difference.kind == "changed" and known and same(before.value, after.value):
        # They differ in what is redacted.
        before = after = Shown(state="sensitive")
    return AttributeChange(
        path=difference.path,
        name=difference.name,
        kind=difference.kind,
        before=before,
        after=after,
        forces_replacement=difference.forces,
    )


def _shown(value: Any) -> Shown:
    if isinstance(value, Hidden):
        return Shown(state="sensitive")
    if isinstance(value, Gap):
        return Shown(state="unknown" if value is Gap.UNKNOWN else "absent")
    return Shown(state="known", value=_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, Hidden):
        return SENSITIVE
    if isinstance(value, Redacted):
        return value.shown
    if value is Gap.UNKNOWN:
        return "(known after apply)"
    return value.text if isinstance(value, Document) else value
