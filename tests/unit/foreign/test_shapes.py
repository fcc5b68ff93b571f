"""Settings laid over each other as KubeSpawner does it."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kubespawner import KubeSpawner
from traitlets import Dict
from traitlets.config import Config

from jupyterhub_eks.config.document import MapNode, Place, from_plain, to_plain
from jupyterhub_eks.config.quantities import spawner_memory
from jupyterhub_eks.config.spawner import MAPPINGS, SETTINGS
from jupyterhub_eks.foreign.listings import find_listings
from jupyterhub_eks.foreign.shapes import PLACING, merged, profiles, shapes
from tests.support.foreign import report
from tests.support.running_hub import spawner

texts = st.sampled_from(["a", "b", "c"])
trees = st.recursive(
    st.none() | st.integers(0, 3),
    lambda inner: st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
mappings = st.dictionaries(texts, trees, max_size=3)
# One form for each key: a mapping over a single value is an error of KubeSpawner itself.
same_form = st.dictionaries(st.sampled_from(["x", "y"]), st.none() | st.integers(0, 3), max_size=2)
SETTING = st.fixed_dictionaries(
    {},
    optional={
        "cpu_limit": st.integers(1, 4),
        "mem_limit": st.sampled_from(["1G", "2G"]),
        "node_selector": st.dictionaries(
            texts, st.sampled_from(["1", "2"]) | st.none(), max_size=2
        ),
        "extra_resource_limits": st.dictionaries(texts, st.just("1"), max_size=2),
        "tolerations": st.lists(st.just({"key": "k"}), max_size=2),
    },
)


def tree(value: Any) -> MapNode:
    """Return a mapping as a tree."""
    node = from_plain(value, Place())
    assert isinstance(node, MapNode)
    return node


@given(same_form, same_form)
def test_mappings_are_merged_and_null_takes_away(
    target: dict[str, Any], new: dict[str, Any]
) -> None:
    """Against KubeSpawner's own function."""
    from kubespawner.utils import recursive_update  # noqa: PLC0415 - the reference

    expected = dict(target)
    recursive_update(expected, new)

    assert to_plain(merged(tree(target), tree(new))) == expected


@settings(max_examples=25)
@given(SETTING, SETTING, SETTING)
def test_a_choice_is_laid_over_a_profile_as_the_spawner_does(
    own: dict[str, Any], first: dict[str, Any], second: dict[str, Any]
) -> None:
    """Every choice gives the settings that a real KubeSpawner has after loading it."""
    profile = {
        "display_name": "P",
        "slug": "p",
        "kubespawner_override": own,
        "profile_options": {
            "size": {
                "choices": {
                    "s": {"kubespawner_override": first},
                    "l": {"kubespawner_override": second, "default": True},
                }
            }
        },
    }
    (listing,) = find_listings(from_plain([profile], Place()))
    (found,) = profiles(listing)

    for shape in shapes(found, {}):
        chosen = {each.option: each.key for each in shape.choices}
        loaded = asyncio.run(_loaded(profile, chosen))
        chosen_here = (own, *(first if key == "s" else second for key in chosen.values()))
        for name in {name for each in chosen_here for name in each}:
            if name == "mem_limit":
                assert spawner_memory(to_plain(shape.settings[name])) == (loaded[name], True)
                continue
            assert to_plain(shape.settings[name]) == loaded[name], name


async def _loaded(profile: dict[str, Any], chosen: dict[str, str]) -> dict[str, Any]:
    made = spawner(Config({"KubeSpawner": {"profile_list": [copy.deepcopy(profile)]}}))
    made.user_options = {"profile": "p", **chosen}
    await made.load_user_options()
    return {name: getattr(made, name) for name in PLACING}


def test_names_of_settings_are_those_of_the_spawner() -> None:
    """No name is invented, and all mappings are known as such."""
    traits = KubeSpawner.class_traits(config=True)

    assert KubeSpawner.class_traits().keys() >= SETTINGS
    assert {n for n, t in traits.items() if isinstance(t, Dict)} - MAPPINGS <= {
        "cookie_options", "cert_paths",
    }  # fmt: skip


def test_choices_that_change_no_place_are_one_server() -> None:
    """Images do not multiply what is judged; sizes do."""
    found = report(
        """
- display_name: P
  profile_options:
    image: {choices: {a: {kubespawner_override: {image: a}}, b: {kubespawner_override: {image: b}}}}
    size:
      choices:
        s: {display_name: Small, kubespawner_override: {mem_limit: 1G}}
        l: {display_name: Large, kubespawner_override: {mem_limit: 9G}}
"""
    )

    assert [each.shape.title for each in found.shapes] == ["P (Small)", "P (Large)"]
    assert [each.wish.amounts.memory // 2**30 for each in found.shapes] == [1, 9]


def test_too_many_combinations_are_taken_one_by_one() -> None:
    """Ten options of ten choices are ten thousand million servers, and 91 that matter."""
    choice = "c%d: {kubespawner_override: {cpu_limit: %d}}"
    options = "\n".join(
        f"    o{n}: {{choices: {{{', '.join(choice % (i, i + 1) for i in range(10))}}}}}"
        for n in range(10)
    )
    found = report(f"- display_name: P\n  profile_options:\n{options}\n")

    assert len(found.shapes) == 91
    assert any("can be chosen in 10000000000 ways" in each.message for each in found.problems)


@pytest.mark.parametrize(
    ("values", "gib"),
    [("{}", 1), ("{memory: {guarantee: 2G}}", 2), ("{memory: {guarantee: null, limit: 3G}}", 3)],
)
def test_the_charts_settings_count(values: str, gib: int) -> None:
    """z2jh gives every server 1G, unless the values say another amount or none."""
    found = report(f"singleuser: {{profileList: [{{display_name: P}}], <<: {values}}}")

    assert found.shapes[0].wish.amounts.memory == gib * 2**30


def test_a_bare_list_has_no_chart() -> None:
    """Nothing is known of other settings."""
    assert report("[{display_name: P}]").shapes[0].wish.amounts.memory == 0


def test_profiles_tolerations_take_the_charts_place() -> None:
    """A list is replaced, not extended."""
    found = report(
        "singleuser: {extraTolerations: [{key: a, operator: Exists}], profileList: "
        "[{display_name: P}, {display_name: Q, kubespawner_override: {tolerations: [{key: b}]}}]}"
    )

    keys = [[t.key for t in each.wish.selection.tolerations] for each in found.shapes]
    assert keys == [["hub.jupyter.org/dedicated", "hub.jupyter.org_dedicated", "a"], ["b"]]
