"""Plans of releases in the form of ``terraform show -json``, by provider and carried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

NAME, NAMESPACE = "jupyterhub", "jhub"


@dataclass(frozen=True, kw_only=True)
class Side:
    """A release before or after; ``values`` without a text: known after apply."""

    values: str | None = "a: 1\n"
    version: str = "4.3.0"
    chart: str = "jupyterhub"
    digest: str = "d1"


def plan_of(*resources: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a plan."""
    return {"format_version": "1.2", "resource_changes": list(resources)}


def _actions(before: object, after: object) -> list[str]:
    if before and after:
        return ["no-op"] if before == after else ["update"]
    return ["create"] if after else ["delete"]


def provided(before: Side | None, after: Side | None, **more: Any) -> dict[str, Any]:
    """Return a release of the helm provider as one of ``resource_changes``."""

    def arguments(side: Side | None) -> dict[str, Any] | None:
        if side is None:
            return None
        return {
            "name": NAME,
            "namespace": NAMESPACE,
            "chart": side.chart,
            "version": side.version,
            "values": None if side.values is None else [side.values],
            "timeout": 600,
            "metadata": [{"revision": 1}],
        }

    unknown = {"metadata": True, "values": bool(after and after.values is None)}
    change = {
        "actions": _actions(before, after),
        "before": arguments(before),
        "after": arguments(after),
        "after_unknown": unknown,
        **more,
    }
    return {
        "address": "helm_release.Hub",
        "type": "helm_release",
        "mode": "managed",
        "change": change,
    }


def carried(
    before: Side | None, after: Side | None, *, reason: str = "", **more: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a carried release as two of ``resource_changes``."""

    def triggers(side: Side | None) -> dict[str, Any] | None:
        if side is None:
            return None
        seen: dict[str, Any] = {"wanted": f"{side.chart} {side.version}", "chart": side.digest}
        if side.values is not None:
            seen["values_0"] = side.values
        return {"triggers_replace": {**seen, "skip_crds": "false"}}

    identity = {"input": {"name": NAME, "namespace": NAMESPACE}}
    actions = ["delete", "create"] if before and after else _actions(before, after)
    unknown = {"triggers_replace": {"values_0": True}} if after and after.values is None else {}
    release: dict[str, Any] = {
        "actions": ["no-op"] if before and after else actions,
        "before": identity if before else None,
        "after": identity if after else None,
    }
    content = {
        "actions": actions,
        "before": triggers(before),
        "after": triggers(after),
        "after_unknown": {"id": True, **unknown},
        **more,
    }
    common = {"type": "terraform_data", "mode": "managed"}
    return (
        {"address": "terraform_data.Hub", **common, "change": release},
        {
            "address": "terraform_data.Hub_content",
            **common,
            "change": content,
            "action_reason": reason,
        },
    )
