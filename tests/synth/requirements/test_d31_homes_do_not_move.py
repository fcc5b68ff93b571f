"""D31 (and G13): a home has one folder for good, whatever a later chart prefers."""

from __future__ import annotations

import asyncio
from functools import cache

import pytest
from traitlets.config import Config

from tests.support.running_hub import spawner
from tests.support.whole import Spoil, Whole, value

NAMES = ("alice", "Bob@Example.org", "a.b", "a_b", "a-b", "josé", "x" * 70, "user--1")
STORAGE = ("singleuser", "storage")
KUBESPAWNER = ("hub", "config", "KubeSpawner")


@cache
def folders(template: str, scheme: str) -> tuple[str, ...]:
    """Return the folders that KubeSpawner makes of a template for awkward user names."""

    async def make() -> tuple[str, ...]:
        config = Config({"KubeSpawner": {"slug_scheme": scheme}})
        return tuple(str(spawner(config, each)._expand_user_properties(template)) for each in NAMES)

    return asyncio.run(make())


def moving_homes(whole: Whole) -> list[str]:
    """Return by what a home would move, or would be somebody else's too."""
    template = whole.hub["singleuser"]["storage"]["static"]["subPath"]
    found = []
    if folders(template, "safe") != folders(template, "escape"):
        found.append(f"{template} depends on the scheme")
    if len(set(folders(template, "safe"))) != len(NAMES):
        found.append(f"{template} is the same for two users")
    if "slug_scheme" not in whole.hub["hub"]["config"]["KubeSpawner"]:
        found.append("names of pods are left to the chart")
    return found


@pytest.fixture(scope="module")
def templates() -> set[str]:
    """Templates of homes in all deployments that were looked at."""
    return set()


def test_d31_homes_do_not_move(whole: Whole, templates: set[str]) -> None:
    """Every deployment has the same template, which means the same under both schemes."""
    templates.add(whole.hub["singleuser"]["storage"]["static"]["subPath"])
    assert len(templates) == 1
    assert moving_homes(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        value("jupyterhub", *STORAGE, "static", "subPath", to="{username}"),
        value("jupyterhub", *STORAGE, "static", "subPath", to="home"),
        value("jupyterhub", *KUBESPAWNER, "slug_scheme"),
    ],
)
def test_d31_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """The original template, one folder for all and a scheme left open are found."""
    assert moving_homes(rich.spoilt(mistake)) != []


def test_d31_folders_are_these() -> None:
    """Folders of awkward names are written out: changing one would lose a home."""
    assert folders("{safe_username}", "safe") == (
        "alice",
        "bob-example-org---08f45052",
        "a-b---2e7336dc",
        "a-b---648fa9b3",
        "a-b",
        "jos---d994e1d0",
        f"{'x' * 37}---c71bd109",
        "user-1---d8722271",
    )
