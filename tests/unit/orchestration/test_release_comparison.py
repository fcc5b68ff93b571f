"""Charts are rendered for upgrades alone, and never at the cost of the plan."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.orchestration.carrying import ChartFile
from jupyterhub_eks.orchestration.kubernetes import Kubernetes
from jupyterhub_eks.orchestration.release_comparison import release_details
from tests.support.plans import NAME, NAMESPACE, Side, carried, plan_of, provided

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyterhub_eks.orchestration.release_details import ReleaseDetail
    from jupyterhub_eks.ports import Render, Rendering

VALUES = Side(values="replicas: 1\n"), Side(values="replicas: 2\n")


class FakeHelm:
    """Renders a Deployment with the values as its spec."""

    def __init__(self) -> None:
        self.asked: list[Rendering] = []

    def __call__(self, wanted: Rendering) -> str:
        """Return the manifest."""
        self.asked.append(wanted)
        return f"kind: Deployment\nmetadata: {{name: hub}}\nspec: {{{wanted.values[0].strip()}}}\n"


def _refusing(wanted: Rendering) -> str:
    raise ToolError(f"chart {wanted.label} is not at hand", cause="password: abc is wrong")


def _unreadable(_: Rendering) -> str:
    return "a: [\n"


def _chart(_arguments: Mapping[str, Any], _directory: Path) -> ChartFile:
    return ChartFile(path="/charts/new.tgz", digest="d")


def _details(
    folder: Path, render: Render | None, *resources: dict[str, Any]
) -> tuple[ReleaseDetail, ...]:
    arguments = {"name": NAME, "namespace": NAMESPACE, "chart": "jupyterhub", "values": []}
    document = {"resource": {"helm_release": {"Hub": arguments}}}
    (folder / "cdk.tf.json").write_text(json.dumps(document))
    kubernetes = Kubernetes(chart_of=_chart, render=render)
    return release_details(kubernetes, plan_of(*resources), folder)


def test_an_upgrade_tells_the_objects_that_change(tmp_path: Path) -> None:
    """Rendered with the old values and with the new ones."""
    helm = FakeHelm()
    (detail,) = _details(tmp_path, helm, *carried(*VALUES))
    (change,) = detail.objects
    assert [each.name for each in change.fields] == ["spec.replicas"]
    assert {each.values for each in helm.asked} == {("replicas: 1\n",), ("replicas: 2\n",)}
    assert {each.path for each in helm.asked} == {"/charts/new.tgz"}


def test_the_installed_chart_is_rendered_when_the_chart_changes(tmp_path: Path) -> None:
    """It is looked for by its version and its content; the new one is where it is."""
    helm = FakeHelm()
    before, after = VALUES[0], Side(values="replicas: 2\n", version="4.4.0", digest="d2")
    _details(tmp_path, helm, *carried(before, after))
    asked = {(each.version, each.digest, each.path) for each in helm.asked}
    assert asked == {("4.3.0", "d1", ""), ("4.4.0", "d2", "/charts/new.tgz")}


@pytest.mark.parametrize("sides", [(None, Side()), (Side(), None)])
def test_what_is_installed_or_uninstalled_is_not_rendered(
    tmp_path: Path, sides: tuple[Side | None, Side | None]
) -> None:
    """There is nothing to compare it with."""
    helm = FakeHelm()
    _details(tmp_path, helm, *carried(*sides))
    assert helm.asked == []


def test_a_chart_that_cannot_be_rendered_leaves_the_values(tmp_path: Path) -> None:
    """With the reason, in which no secret stands."""
    (detail,) = _details(tmp_path, _refusing, *carried(*VALUES))
    assert [each.name for each in detail.values] == ["replicas"]
    assert detail.note == ("chart jupyterhub 4.3.0 is not at hand: password: (sensitive)")


@pytest.mark.parametrize(
    ("sides", "more", "note"),
    [
        ((Side(), Side(values=None)), {}, "some values are known after apply"),
        (VALUES, {"after_sensitive": {"values": True}}, "the values are sensitive as a whole"),
        ((Side(values="a: ["), Side()), {}, "it cannot be read as YAML: ParserError"),
    ],
)
def test_what_cannot_be_told_has_a_reason(
    tmp_path: Path, sides: tuple[Side, Side], more: dict[str, Any], note: str
) -> None:
    """And Helm is not asked."""
    helm = FakeHelm()
    (detail,) = _details(tmp_path, helm, provided(*sides, **more))
    assert (detail.note, helm.asked) == (note, [])


def test_a_manifest_that_is_no_yaml_has_a_reason_too(tmp_path: Path) -> None:
    """It is Helm's fault, and not the plan's end."""

    def render(wanted: Rendering) -> str:
        return _unreadable(wanted) + wanted.values[0]

    (detail,) = _details(tmp_path, render, *carried(*VALUES))
    assert detail.note.startswith("it cannot be read as YAML")


def test_without_a_renderer_the_values_stand_alone(tmp_path: Path) -> None:
    """Nothing was asked for, so nothing is missing."""
    (detail,) = _details(tmp_path, None, *carried(*VALUES))
    assert (detail.objects, detail.note) == ((), "")
    assert detail.values


def test_a_stack_without_releases_is_not_read(tmp_path: Path) -> None:
    """Its folder may be gone."""
    assert release_details(Kubernetes(), plan_of(), tmp_path / "gone") == ()
