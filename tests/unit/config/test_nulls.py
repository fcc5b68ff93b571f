"""A key without a value is as if it were not written, whatever key it is."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.config import pool_parts, pools, profile_parts, profiles
from jupyterhub_eks.config.base import Section
from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Keys = tuple[str | int, ...]
# Every key of every model of the file, each where it may stand.
WHOLE: dict[str, Any] = {
    "pools": {
        "p": {
            "instances": ["m7i"],
            "sizes": ["xlarge"],
            "architecture": "amd64",
            "zones": ["us-west-2a", "us-west-2b"],
            "capacity": ["spot", "on-demand"],
            "max": {"cpu": 64},
            "gpu": {"sharing": "none", "slices": None, "profile": None},
            "dedicated": False,
            "image_family": "al2023",
            "disk_gib": 50,
            "local_disks": "auto",
            "local_disks_min_gb": None,
            "labels": {"example.org/team": "physics"},
            "taints": [{"key": "example.org/team", "value": "a", "effect": "NoSchedule"}],
            "lifetime": {
                "consolidation": "empty",
                "consolidate_after_minutes": 6,
                "expire_after_hours": 336,
                "drain_hours": 20,
                "maintenance": {"days": ["sat"], "start_hour": 3, "hours": 5, "nodes": 2},
            },
            "warm": {"nodes": 0, "servers": 1},
        }
    },
    "profiles": [
        {
            "name": "P",
            "description": "Words.",
            "default": True,
            "pool": "p",
            "cpu": {"guarantee": 1, "limit": 2},
            "memory": {"guarantee": "2G", "limit": "3G"},
            "gpu": 0,
            "neuron": 0,
            "options": {
                "S": {
                    "description": "a",
                    "default": True,
                    "cpu": {"guarantee": 1, "limit": 1},
                    "memory": {"guarantee": "1G", "limit": "1G"},
                    "gpu": 0,
                    "neuron": 0,
                    "pool": "p",
                }
            },
            "images": {"I": {"image": "quay.io/jupyter/a:1", "architectures": ["amd64"]}},
            "unlisted_image": True,
            "environment": {"A": "1"},
            "volumes": [
                {"name": "a", "mount": "/a", "claim": "a", "read_only": True},
                {"name": "b", "mount": "/b", "secret": "b"},
                {"name": "c", "mount": "/c", "config_map": "c"},
                {"name": "d", "mount": "/d", "shared": "d"},
            ],
            "max_servers": 3,
            "max_age_hours": 4,
            "groups": ["users"],
            "kubespawner_override": {"environment": {"B": None}},
        }
    ],
}
# Names of the user's own, in a profile and elsewhere, and what other programs read.
NAMED = {("options",), ("images",), ("environment",)}
FREE = ("profiles", 0, "kubespawner_override")


def keys(value: Any, path: Keys = ()) -> Iterator[Keys]:
    """Yield the path of each key of mappings."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield (*path, key)
            yield from keys(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from keys(below, (*path, index))


def changed(path: Keys, *, removed: bool) -> dict[str, Any]:
    """Return the whole file with one key null, or without it."""
    found = copy.deepcopy(WHOLE)
    holder: Any = found
    for key in path[:-1]:
        holder = holder[key]
    if removed:
        del holder[path[-1]]
    else:
        holder[path[-1]] = None
    return found


def outcome(folder: Path, content: dict[str, Any]) -> Any:
    """Return the model of a file, or what is said of it."""
    main = folder / "jhub.yaml"
    main.write_text("auth: {type: cognito}\naccess: {domain: hub.example.org}\n", encoding="utf-8")
    file = folder / "profiles.yaml"
    file.write_text(json.dumps(content), encoding="utf-8")
    try:
        return load(ConfigSources(files=(main,))).deployment.profiles
    except ConfigError as error:
        return [(each.path, each.message) for each in error.problems if each.severity == "error"]


def is_named(path: Keys) -> bool:
    """Whether the key is a name of the user's own inside a profile."""
    return path[:1] == ("profiles",) and path[-2:-1] in NAMED


EVERY = [path for path in keys(WHOLE) if path == FREE or path[:3] != FREE]


@pytest.mark.parametrize("path", [each for each in EVERY if not is_named(each)], ids=str)
def test_null_is_as_if_the_key_were_not_written(path: Keys, tmp_path: Path) -> None:
    """The same configuration, or the same refusal."""
    assert outcome(tmp_path, changed(path, removed=False)) == outcome(
        tmp_path, changed(path, removed=True)
    )


@pytest.mark.parametrize("path", [each for each in EVERY if is_named(each)], ids=str)
def test_a_name_of_ones_own_in_a_profile_needs_a_value(path: Keys, tmp_path: Path) -> None:
    """It would vanish unseen, so it is refused where it stands."""
    (found,) = outcome(tmp_path, changed(path, removed=False))
    assert found[0] == "profiles[0]." + ".".join(map(str, path[2:]))


def test_settings_of_kubespawner_keep_their_nulls(tmp_path: Path) -> None:
    """There a null takes away what KubeSpawner has of its own."""
    found = outcome(tmp_path, WHOLE)
    assert found.profiles[0].kubespawner_override == {"environment": {"B": None}}


def test_an_item_of_a_list_needs_a_value(tmp_path: Path) -> None:
    """It is no key, so nothing says what would be in its place."""
    content = copy.deepcopy(WHOLE)
    content["profiles"][0]["groups"] = [None]
    assert outcome(tmp_path, content) == [("profiles[0].groups[0]", "`groups` has an empty value")]


def test_every_key_of_the_models_is_tried() -> None:
    """A new key has to be added to the file above."""
    tried = {path[-1] for path in EVERY}
    models = [
        each
        for module in (pool_parts, pools, profile_parts, profiles)
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Section)
    ]
    assert {key for model in models for key in model.model_fields} <= tried
