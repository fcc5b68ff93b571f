"""The reference says what the documents hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.cli.console.cost_documents import short_document
from jupyterhub_eks.cli.console.screen import to_json
from jupyterhub_eks.cli.costing import estimate_today
from jupyterhub_eks.cli.json_forms import PLAN
from jupyterhub_eks.orchestration.changes import AttributeChange, ResourceDetail, Shown
from jupyterhub_eks.orchestration.object_changes import ObjectChange
from jupyterhub_eks.orchestration.release_details import ReleaseDetail
from jupyterhub_eks.orchestration.reports import PlanReport, StackPlan
from jupyterhub_eks.ports import PlannedChange, Resource
from tests.support.hub import deployment

if TYPE_CHECKING:
    from collections.abc import Iterator

UNDESCRIBED = {
    "kept[]",
    "cost.profiles[].alone",
    "cost.profiles[].shared",
    "stacks[].details[].attributes[].before",
    "stacks[].releases[].values[]",
    "stacks[].releases[].settings[]",
    "stacks[].releases[].objects[].fields[]",
}
# Told with their neighbours.
TOLD_TOGETHER = {
    "cost.profiles[].pool",
    "cost.profiles[].profile",
    "stacks[].releases[].namespace",
    "stacks[].releases[].objects[].kind",
    "stacks[].releases[].objects[].namespace",
    "stacks[].releases[].objects[].name",
}


def _keys(value: Any, name: str = "") -> Iterator[str]:
    if name and not (isinstance(value, list) and not name.endswith("[]")):
        yield name
    if name in UNDESCRIBED:
        return
    if isinstance(value, dict):
        for key, each in value.items():
            inner = f"{name}.{key}".removeprefix(".")
            yield from _keys(each, f"{inner}[]" if isinstance(each, list) else inner)
    elif isinstance(value, list):
        for each in value:
            yield from _keys(each, name) if isinstance(each, dict) else ()


def test_the_document_of_a_plan_is_described_key_by_key() -> None:
    """No key is missing from the reference, and none of it is invented."""
    known = Shown(state="known", value=1)
    attribute = AttributeChange(path=("a",), name="a", kind="changed", before=known, after=known)
    thing = ObjectChange(kind="Service", namespace="n", name="s", action="changed")
    release = ReleaseDetail(
        address="helm_release.A",
        name="a",
        namespace="n",
        action="upgrade",
        chart="a",
        values=(attribute,),
        objects=(thing,),
    )
    plan = StackPlan(
        stack="network",
        changes=(PlannedChange(address="a.b", type="a", actions=("update",)),),
        waits_for=("cluster",),
        may_change_after=("cluster",),
        details=(ResourceDetail(address="a.b", attributes=(attribute,)),),
        releases=(release,),
    )
    report = PlanReport(deployment="lab", stacks=(plan,), kept=(Resource("efs", "vault", "v"),))
    costs = short_document(estimate_today(deployment()))
    document = {**to_json(report), "has_changes": report.has_changes, "cost": costs}

    assert set(_keys(document)) - TOLD_TOGETHER == set(PLAN)
