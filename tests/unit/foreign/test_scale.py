"""Lists that a program wrote: ten thousand profiles, each of them another."""

from __future__ import annotations

import json

from jupyterhub_eks.foreign.importing import import_list
from jupyterhub_eks.instances.catalog import catalog
from tests.support.foreign import ORIGINAL_POOLS, report, source

COUNT = 10_000


def listing() -> str:
    """Return a list in which no server asks for what another one does."""
    entries = [
        {
            "display_name": f"P{number}",
            "kubespawner_override": {
                "cpu_guarantee": 0.1,
                "mem_guarantee": 10**9 + number,
                "node_selector": {"NodePool": "default"},
            },
        }
        for number in range(COUNT)
    ]
    return json.dumps(entries)


def test_ten_thousand_profiles_are_judged_and_carried() -> None:
    """None is left out, and each keeps its own amount to the byte."""
    text = listing()
    found = report(text, ORIGINAL_POOLS)
    imported = import_list(source(text, ORIGINAL_POOLS), catalog(), "us-west-2").profiles

    assert [each.verdict.status for each in found.shapes] == ["starts"] * COUNT
    assert len({each.memory.guarantee for each in imported.profiles if each.memory}) == COUNT
    assert list(imported.pools) == ["default"]
