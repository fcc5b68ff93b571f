"""Values of KubeSpawner's settings: taken or refused as the real classes do it."""

from __future__ import annotations

from typing import Any

import pytest
import traitlets
from jupyterhub.traitlets import ByteSpecification, Callable, Command
from kubespawner import KubeSpawner

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.config.rules import check
from jupyterhub_eks.config.settings.values import AMOUNTS, setting_faults
from jupyterhub_eks.config.spawner import MAPPINGS, SETTINGS
from jupyterhub_eks.config.spawner_kinds import KINDS, Kind
from jupyterhub_eks.placement.checking import placement_findings

TRAITS: dict[str, Any] = KubeSpawner.class_traits(config=True)
FORMS: dict[type, str] = {
    traitlets.Unicode: "text",
    traitlets.Enum: "text",
    traitlets.Bool: "flag",
    ByteSpecification: "bytes",
    traitlets.Int: "whole",
    traitlets.Float: "number",
    traitlets.Dict: "mapping",
    Callable: "code",
    traitlets.Callable: "code",
    traitlets.Any: "any",
}
SAMPLES: tuple[Any, ...] = (
    None, "", "x", 1, 0.5, True, [], ["x"], [{"name": "a"}], {}, {"a": {"name": "a"}},
)  # fmt: skip


def forms(trait: Any) -> tuple[str, ...]:
    """Return what a trait takes, code besides others left out."""
    if isinstance(trait, Command):
        return ("text", "texts")
    if isinstance(trait, traitlets.List):
        kinds = {traitlets.Unicode: "texts", traitlets.Dict: "mappings"}
        return (kinds.get(type(trait._trait), "list"),)
    if isinstance(trait, traitlets.Union):
        found = tuple(form for each in trait.trait_types for form in forms(each))
        return tuple(form for form in found if form != "code")
    return (next(form for kind, form in FORMS.items() if isinstance(trait, kind)),)


def test_every_setting_has_the_kind_of_the_real_trait() -> None:
    """All traits that can be configured stand in the table, each with what it really takes."""
    wanted = {
        name: Kind(forms(trait), bool(trait.allow_none))  # type: ignore[arg-type]
        for name, trait in TRAITS.items()
        if name != "slug_scheme"
    }

    assert {name: (set(k.forms), k.null) for name, k in KINDS.items()} == {
        name: (set(k.forms), k.null) for name, k in wanted.items()
    }
    assert KINDS.keys() | {"slug_scheme"} >= SETTINGS
    assert all(KINDS[name].forms == ("mapping",) for name in MAPPINGS)


@pytest.mark.parametrize("name", sorted(KINDS.keys() - AMOUNTS))
def test_what_the_real_trait_refuses_is_a_fault(name: str) -> None:
    """No value that the real class does not take passes without a fault."""
    spawner = traitlets.HasTraits()
    for value in SAMPLES:
        if {"code", "any"} & set(KINDS[name].forms):
            continue
        try:
            TRAITS[name]._validate(spawner, value)
        except traitlets.TraitError:
            assert list(setting_faults(name, value)), value


@pytest.mark.parametrize(
    ("name", "value", "keys"),
    [
        ("uid", -1, ()),
        ("uid", "abc", ()),
        ("fs_gid", 2**31, ()),
        ("supplemental_gids", [1, "a"], (1,)),
        ("image_pull_policy", "foo", ()),
        ("start_timeout", 0, ()),
        ("extra_labels", {"a b": "c"}, ("a b",)),
        ("extra_labels", {"a": "b c"}, ("a",)),
        ("node_selector", {"a": 1}, ("a",)),
        ("extra_annotations", {"a": 1}, ("a",)),
        ("tolerations", [3], (0,)),
        ("slug_scheme", "foo", ()),
        ("storage_access_modes", ["foo"], (0,)),
        ("init_containers", [3], (0,)),
        ("init_containers", [{"image": "a:1"}], (0, "name")),
        ("init_containers", {"a": {"name": "a"}}, ("a", "image")),
        ("extra_containers", [{"name": "notebook", "image": "a:1"}], (0, "name")),
        (
            "init_containers",
            [{"name": "a", "image": "a:1", "resources": {"requests": ["a"]}}],
            (0, "resources", "requests"),
        ),
        (
            "init_containers",
            [{"name": "a", "image": "a:1", "resources": {"requests": {"cpu": "foo"}}}],
            (0, "resources", "requests", "cpu"),
        ),
        (
            "init_containers",
            [
                {
                    "name": "a",
                    "image": "a:1",
                    "resources": {"requests": {"cpu": 2}, "limits": {"cpu": "1500m"}},
                }
            ],
            (0, "resources", "limits", "cpu"),
        ),
    ],
)
def test_a_value_that_kubernetes_refuses(name: str, value: Any, keys: tuple[Any, ...]) -> None:
    """There is one fault, and it stands at the part that is wrong."""
    assert [each.keys for each in setting_faults(name, value)] == [keys]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("uid", 0),
        ("uid", None),
        ("cmd", "jupyterhub-singleuser"),
        ("extra_labels", {"example.org/team": "a_B.c", "user": "{username}", "gone": None}),
        ("init_containers", {"a": {"name": "a", "image": "a:1", "resources": {}}}),
        ("tolerations", [{"key": "a", "operator": "Exists"}]),
        ("image_pull_policy", "Always"),
        ("modify_pod_hook", "x"),
    ],
)
def test_a_value_that_is_taken(name: str, value: Any) -> None:
    """Nothing is said of what KubeSpawner and Kubernetes take."""
    assert not list(setting_faults(name, value))


@pytest.mark.parametrize("name", sorted(SETTINGS))
@pytest.mark.parametrize("value", SAMPLES, ids=repr)
def test_no_value_of_any_setting_ends_a_check(name: str, value: Any) -> None:
    """Rules and the proof come to an end whatever stands in a setting, here and in hub_values."""
    profiles = ProfilesFile.model_validate(
        {
            "pools": {"p": {"instances": ["m7i.xlarge"]}},
            "profiles": [
                {"name": "P", "pool": "p", "default": True, "kubespawner_override": {name: value}}
            ],
        }
    )
    settings = DeploymentFile(hub_values={"hub": {"config": {"KubeSpawner": {name: value}}}})
    deployment = Deployment(settings=settings, profiles=profiles)

    said = [*check(deployment), *placement_findings(deployment)]

    assert all(each.message for each in said)
