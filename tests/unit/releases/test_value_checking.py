"""Values that a chart would refuse are found before anything is asked of an API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cli.checks import checks_with, values_check
from jupyterhub_eks.coalescing import coalesce
from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.releases import catalog
from jupyterhub_eks.releases.checking import node_findings
from jupyterhub_eks.releases.model import ChartFacts
from jupyterhub_eks.releases.value_checking import ValuesCheck
from tests.support.hub import deployment

if TYPE_CHECKING:
    from pathlib import Path


def refused(folder: Path, text: str, profiles: str = "") -> list[tuple[str, str]]:
    """Return place and path of what is refused of a configuration."""
    (folder / "jhub.yaml").write_text(text)
    if profiles:
        (folder / "profiles.yaml").write_text(profiles)
    try:
        load(ConfigSources(files=(folder / "jhub.yaml",)), checks_with(values_check()))
    except ConfigError as error:
        return [
            (f"{each.file.rpartition('/')[2]}:{each.line}:{each.column}", each.path)
            for each in error.problems
        ]
    return []


def test_hub_values_are_refused_where_they_are_written(tmp_path: Path) -> None:
    """An unknown key at the key, a wrong value at the value, beside all other problems."""
    assert refused(
        tmp_path,
        "zones: 4\n"
        "hub_values:\n"
        "  hub:\n"
        "    db: {type: mysqll}\n"
        "    cokieSecret: abc\n"
        "  singleuser:\n"
        "    cull:\n"
        "      enabled: true\n",
    ) == [
        ("jhub.yaml:1:1", "zones"),
        ("jhub.yaml:4:16", "hub_values.hub.db.type"),
        ("jhub.yaml:5:5", "hub_values.hub.cokieSecret"),
        ("jhub.yaml:7:5", "hub_values.singleuser.cull"),
    ]


def test_a_fault_shows_only_with_the_values_that_lie_below(tmp_path: Path) -> None:
    """A file that jhub mounts has its place already, and then takes no second content."""
    name = "jupyter_server_config.json"
    assert refused(
        tmp_path, f"hub_values: {{singleuser: {{extraFiles: {{{name}: {{stringData: x}}}}}}}}\n"
    ) == [("jhub.yaml:1:68", f"hub_values.singleuser.extraFiles.{name}")]
    assert refused(tmp_path, "hub_values: {singleuser: {extraFiles: {mine: {data: {}}}}}\n") == [
        ("jhub.yaml:1:40", "hub_values.singleuser.extraFiles.mine.mountPath")
    ]


def test_a_null_takes_a_default_away(tmp_path: Path) -> None:
    """As Helm does it: one that the chart needs is missed, any other is not."""
    assert refused(tmp_path, "hub_values: {hub: {baseUrl: null}}\n") == [
        ("jhub.yaml:1:20", "hub_values.hub.baseUrl")
    ]
    assert refused(tmp_path, "hub_values: {hub: {nodeSelector: null, labels: null}}\n") == []


def test_pools_are_held_against_karpenters_definitions() -> None:
    """For every command that makes something of the configuration, ``jhub validate`` too."""
    assert node_findings in [each.find for each in checks_with(values_check())]


def test_what_the_login_cannot_do_is_a_problem_of_the_configuration(tmp_path: Path) -> None:
    """It was found only while stacks were made."""
    found = refused(
        tmp_path,
        "access: {domain: hub.example.org, hosted_zone: example.org}\n"
        "auth:\n"
        "  type: oauth\n"
        "  provider: google\n"
        "  client_id: x\n"
        "  admins: [a@example.org]\n"
        "  allow: {groups: [x]}\n",
    )
    assert [path for _, path in found] == ["auth.allow.groups[0]"]


def test_charts_that_are_not_at_hand_are_named() -> None:
    """What was not checked is never passed over in silence."""
    values = values_check()
    assert list(values.all_values(deployment())) == []
    assert set(values.checked) == {"storage-classes", "nodes", "hub-base", "jupyterhub"}
    assert values.unchecked["karpenter"] == "no schema: the chart is not at hand"


def test_another_version_than_the_carried_schema_is_not_checked() -> None:
    """A pin that moved on without its schema is told, and nothing is guessed."""
    values = ValuesCheck(carried=lambda _: None)
    assert list(values.own_values(deployment(hub_values={"nonsense": 1}))) == []
    assert values.unchecked == {"jupyterhub": "no schema: the chart is not at hand"}


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        (None, "no schema: the chart has none"),
        ({"contains": {}}, "its schema uses `contains`, which is left to Helm"),
    ],
)
def test_a_chart_without_a_schema_that_can_be_heeded_is_named(schema: Any, told: str) -> None:
    """Neither is a fault."""
    facts = ChartFacts(name="x", version="1", schema=schema)
    values = ValuesCheck(lambda chart: facts if chart == catalog.KARPENTER else None)
    assert list(values.all_values(deployment())) == []
    assert values.unchecked["karpenter"] == told


def test_a_chart_at_hand_is_asked_about_values_that_nobody_wrote() -> None:
    """What it refuses then is told with chart and value, at no line."""
    schema = {"properties": {"settings": {"required": ["isolated"]}}}
    facts = ChartFacts(name="karpenter", version="1", schema=schema)
    values = ValuesCheck(lambda chart: facts if chart == catalog.KARPENTER else None)
    (found,) = values.all_values(deployment())
    assert found.path == ()
    assert "chart karpenter would refuse its values: settings.isolated is missing" in found.message


def test_defaults_and_values_become_what_helm_makes_of_them() -> None:
    """Mappings merge, null removes a default at any depth, and stays where there is none."""
    defaults = {"a": {"b": 1, "c": 2}, "d": [1], "e": {"f": 1}}
    given = {"a": {"b": None, "x": None}, "d": [2], "e": 3}
    assert coalesce(defaults, given) == {"a": {"c": 2, "x": None}, "d": [2], "e": 3}
