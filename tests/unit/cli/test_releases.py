"""What happens to a release is drawn for people: installed, upgraded, uninstalled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from jupyterhub_eks.cli.console.plans import draw_plan
from jupyterhub_eks.cli.console.releases import MOST_LINES, MOST_VALUES, draw_release
from jupyterhub_eks.cli.console.terminal import ASCII, UNICODE, Glyphs
from jupyterhub_eks.orchestration.changes import AttributeChange, Shown
from jupyterhub_eks.orchestration.object_changes import ObjectChange
from jupyterhub_eks.orchestration.release_details import ReleaseDetail
from jupyterhub_eks.orchestration.reports import PlanReport, StackPlan
from jupyterhub_eks.ports import PlannedChange

if TYPE_CHECKING:
    from jupyterhub_eks.orchestration.release_plans import ReleaseAction


def _change(name: str, before: Any, after: Any) -> AttributeChange:
    sides = (Shown(state="known", value=before), Shown(state="known", value=after))
    return AttributeChange(path=(name,), name=name, kind="changed", before=sides[0], after=sides[1])


def _release(action: ReleaseAction = "upgrade", name: str = "hub", **more: Any) -> ReleaseDetail:
    given: dict[str, Any] = {"chart": name, "version_before": "1.0", "version_after": "1.0", **more}
    address = f"helm_release.{name.capitalize()}"
    return ReleaseDetail(address=address, name=name, namespace="n", action=action, **given)


def _lines(release: ReleaseDetail, width: int = 80, glyphs: Glyphs = UNICODE) -> list[str]:
    return [line.plain.rstrip() for line in draw_release(release, glyphs, width)]


@pytest.mark.parametrize(
    ("release", "line"),
    [
        (_release("install", version_before=""), "    +   release hub: install 1.0"),
        (_release(version_after="1.1"), "    ~   release hub: upgrade 1.0 -> 1.1"),
        (_release(), "    ~   release hub: upgrade"),
        (_release(chart_changes=True), "    ~   release hub: upgrade (other chart content)"),
        (_release("uninstall", version_after=""), "    -   release hub: uninstall"),
        (_release("reinstall", chart="jh"), "    -/+ release hub: reinstall jh 1.0"),
        (
            _release("skip", version_before=""),
            "    .   release hub: not installed: chart hub 1.0 cannot be reached",
        ),
        (_release("skip"), "    .   release hub: not upgraded: chart hub 1.0 cannot be reached"),
    ],
)
def test_each_action_has_its_words(release: ReleaseDetail, line: str) -> None:
    """A version is told where it says something."""
    assert _lines(release) == [line]


def test_values_and_objects_stand_below_their_release() -> None:
    """What the user wrote first, then what becomes of it."""
    hub = ObjectChange(
        kind="Deployment",
        namespace="n",
        name="hub",
        action="changed",
        fields=(_change("spec.replicas", 1, 2),),
        restarts=True,
    )
    gone = ObjectChange(kind="NodePool", namespace="", name="gpu", action="removed")
    lines = _lines(_release(values=(_change("limit", "4G", "8G"),), objects=(hub, gone)))
    assert lines[1:] == [
        "          values",
        '            limit: "4G" -> "8G"',
        "          objects",
        "            ~ Deployment n/hub  (its pods restart)",
        "                spec.replicas: 1 -> 2",
        "            - NodePool gpu",
    ]


def test_objects_that_change_alike_are_told_once() -> None:
    """A chart's version is a label of all of them."""
    objects = tuple(
        ObjectChange(
            kind="Service",
            namespace="n",
            name=name,
            action="changed",
            fields=(_change("chart", "a-1", "a-2"),),
        )
        for name in "abc"
    )
    assert _lines(_release(objects=objects))[2:] == [
        "            ~ Service n/a and 2 others",
        '                chart: "a-1" -> "a-2"',
    ]


def test_objects_that_come_and_go_are_all_named() -> None:
    """None is hidden behind another."""
    objects = tuple(
        ObjectChange(kind="Service", namespace="n", name=name, action=action)
        for name, action in (("a", "added"), ("b", "added"), ("c", "removed"))
    )
    assert _lines(_release(objects=objects))[2:] == [
        "            + Service n/a",
        "            + Service n/b",
        "            - Service n/c",
    ]


def test_a_text_of_several_lines_is_told_by_the_line() -> None:
    """With the lines that go and come alone."""
    lines = _lines(_release(values=(_change("script", "a\nb\nc\n", "a\nx\nc\n"),)))
    assert lines[2:] == ["            script:", "              - b", "              + x"]


def test_what_is_left_out_is_counted_and_can_be_seen() -> None:
    """Values, lines and objects alike."""
    values = tuple(_change(f"n{at}", 1, 2) for at in range(MOST_VALUES + 3))
    assert _lines(_release(values=values))[-1] == "            and 3 more: jhub plan --json"
    text = "".join(f"{at}\n" for at in range(MOST_LINES + 2))
    assert _lines(_release(values=(_change("t", "", text),)))[-1] == (
        "              and 2 more: jhub plan --json"
    )


def test_a_release_without_objects_says_why() -> None:
    """On one line, however long the reason is."""
    lines = _lines(_release(note=f"Helm is not installed {'x' * 200}"))
    assert len(lines) == 2
    assert lines[1].startswith("          objects not compared: Helm is not installed x")
    assert len(lines[1]) <= 80


def test_counts_speak_of_installing_and_upgrading() -> None:
    """Beside the resources, which are created and changed."""
    changes = (
        PlannedChange(address="aws_a.b", type="aws_a", actions=("create",)),
        PlannedChange(address="helm_release.Hub", type="helm_release", actions=("update",)),
        PlannedChange(address="helm_release.Crds", type="helm_release", actions=("create",)),
        PlannedChange(address="helm_release.Far", type="helm_release", actions=("create",)),
    )
    releases = (_release(), _release("install", "crds"), _release("skip", "far"))
    plan = StackPlan(stack="hub", changes=changes, releases=releases)
    lines = [
        line.plain for line in draw_plan(PlanReport(deployment="lab", stacks=(plan,)), UNICODE, 80)
    ]
    counts = "1 to create, 1 to install, 1 to upgrade, 1 without their chart"
    assert (lines[0], lines[-1]) == (f"  hub  {counts}", f"in all: {counts}")


def test_releases_that_are_destroyed_are_uninstalled() -> None:
    """A plan to destroy looks into none of them."""
    changes = tuple(
        PlannedChange(address=f"helm_release.{name}", type="helm_release", actions=("delete",))
        for name in "AB"
    )
    plan = StackPlan(stack="hub", changes=changes, removed=True)
    report = PlanReport(deployment="lab", stacks=(plan,))
    lines = [line.plain.rstrip() for line in draw_plan(report, UNICODE, 80)]
    assert lines[:2] == ["  hub  2 to uninstall", "    -   release x2  A B"]


@example(before="", after="00\x1f\u2e80\U000103c4\U00018cd6\U00018d09\U0002ebe1", width=60)
@given(st.text(max_size=60), st.text(max_size=60), st.integers(60, 120))
def test_nothing_commands_the_terminal_and_lines_fit(before: str, after: str, width: int) -> None:
    """Whatever stands in values, names and reasons."""
    thing = ObjectChange(kind="ConfigMap", namespace="n", name=before, action="added")
    release = _release(
        values=(_change("v", before, after),), objects=(thing,), note=after, name="hub"
    )
    for line in _lines(release, width, ASCII):
        assert line.isprintable()
    for line in _lines(release, width)[:3]:
        assert cell_len(line) <= width  # a combining character takes no column
