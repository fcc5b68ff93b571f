"""Every rendering is accepted by the chart, holds no secret and is always the same."""

from __future__ import annotations

import json
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.releases.hub import hub_releases
from jupyterhub_eks.releases.merging import merge
from jupyterhub_eks.releases.z2jh.values import jupyterhub_values
from tests.support.hub import (
    COGNITO,
    DOMAIN,
    INPUTS,
    NATIVE,
    OAUTH,
    ROOT,
    SECRET,
    Z2JH,
    deployment,
    values,
)

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/jhub.yaml"))
EXPOSED = [
    {**DOMAIN, "visibility": visibility, "load_balancer": balancer}
    for visibility, balancer in product(("public", "internal"), ("nlb", "alb"))
]
COMBINATIONS = [
    ({"type": "dummy"}, {}),
    ({"type": "dummy", "admins": ["root"], "allow": {"users": ["bob"]}}, {}),
    (NATIVE, {}),
    *product((COGNITO, NATIVE, OAUTH), EXPOSED),
]


@cache
def _chart() -> tuple[Draft7Validator, dict[str, Any]]:
    """Return schema and default values of the chart."""
    if not Z2JH.is_dir():
        pytest.skip(f"schema and values of the chart are not at {Z2JH.relative_to(ROOT.parent)}")
    schema = json.loads((Z2JH / "values.schema.json").read_text(encoding="utf-8"))
    defaults = YAML(typ="safe", pure=True).load((Z2JH / "values.yaml").read_text(encoding="utf-8"))
    return Draft7Validator(schema), defaults


def complaints(rendered: dict[str, Any]) -> list[str]:
    """Return what the chart's schema refuses in its own values with ours on top."""
    validator, defaults = _chart()
    errors = validator.iter_errors(merge(defaults, rendered))
    return [f"{error.json_path}: {error.message}" for error in errors]


def _example(folder: Path) -> Any:
    sources = ConfigSources(files=(folder / "jhub.yaml",))
    return load(sources).deployment


@pytest.mark.parametrize(("auth", "access"), COMBINATIONS)
def test_chart_accepts_every_login_and_exposure(auth: Any, access: Any) -> None:
    """Whatever the login and however exposed, the chart's own schema has no objection."""
    assert complaints(values(auth=auth, access=access)) == []


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_chart_accepts_every_example(folder: Path) -> None:
    """The examples render to values that the chart's schema accepts."""
    assert complaints(jupyterhub_values(_example(folder), INPUTS)) == []


def test_schema_would_notice() -> None:
    """The check is able to fail: a misplaced key is refused."""
    rendered = values(hub_values={"singleuser": {"cull": {"enabled": True}}})
    assert any("cull" in line for line in complaints(rendered))


@pytest.mark.parametrize(("auth", "access"), COMBINATIONS)
def test_values_hold_no_secret(auth: Any, access: Any) -> None:
    """The client secret is in no value of the hub; it comes as a variable from a Secret."""
    assert SECRET not in json.dumps(values(auth=auth, access=access))


def test_releases_show_no_secret() -> None:
    """What is logged of a release has no value, and the inputs hide the client secret."""
    made = hub_releases(deployment(auth=COGNITO, access=DOMAIN), INPUTS)
    assert SECRET not in repr(made) + repr(INPUTS)


@pytest.mark.parametrize(("auth", "access"), COMBINATIONS)
def test_rendering_twice_gives_the_same(auth: Any, access: Any) -> None:
    """Nothing in the values depends on time, chance or an earlier rendering."""
    once = json.dumps(values(auth=auth, access=access))
    assert json.dumps(values(auth=auth, access=access)) == once
