"""Large files are read by another parser, and mean the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyterhub_eks.config.document import ListNode, MapNode
from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.config.parsing import LARGE, fast_events
from jupyterhub_eks.config.reader import ReadError, read
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.resources import data_root

if TYPE_CHECKING:
    from jupyterhub_eks.config.document import Node
    from jupyterhub_eks.problems import Problem

# What makes a text large without changing what is in it, for either of the parsers: a tab is
# left to the one in Python.
FAST = "\n# x" + "x" * LARGE + "\n"
SLOW = FAST.replace("# x", "# \t")
FILES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
FILES += sorted((data_root() / "examples").glob("*/*.yaml"))
SCALARS = st.text(alphabet="ab0.:-#'\"\\!&*?|>%@`,[]{} \té~=<", min_size=1, max_size=12)


def said(text: str) -> object:
    """Return what a text is read as, or what is said about it and where."""
    try:
        found = read(text, "f")
    except ReadError as error:
        return [(each.line, each.column, each.message) for each in error.problems]
    return placed(found.tree), found.problems, found.doubled


def placed(node: Node) -> object:
    """Return a tree with the places of everything that is written; nothing has none."""
    if isinstance(node, MapNode):
        return node.place, [
            (key, entry.key_place if key else None, placed(entry.value))
            for key, entry in node.entries.items()
        ]
    if isinstance(node, ListNode):
        return node.place, [placed(each) for each in node.items]
    return node.place if node.text or node.quoted else None, node.value, node.quoted


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_file_means_the_same_when_it_is_large(path: Path) -> None:
    """Values, places, keys written twice, and what is said where it is no YAML."""
    text = path.read_text(encoding="utf-8")
    assert said(text + FAST) == said(text + SLOW)


@settings(max_examples=200)
@given(
    st.lists(st.tuples(SCALARS, SCALARS), max_size=5), st.sampled_from(["block", "flow", "list"])
)
def test_whatever_is_written_means_the_same(pairs: list[tuple[str, str]], form: str) -> None:
    """Also where only one of the parsers takes it: that is the one in Python."""
    lines = [f"{key}: {value}" for key, value in pairs]
    text = {
        "block": "a: b\n" + "\n".join(lines),
        "flow": "a: {" + ", ".join(lines) + "}",
        "list": "a:\n" + "\n".join(f"- {line}" for line in lines),
    }[form]
    assert said(text + FAST) == said(text + SLOW)


def test_a_large_text_is_read_by_the_fast_parser() -> None:
    """Else a thousand profiles would take 7 s; a small one is not worth another parser."""
    assert fast_events("a: b" + FAST)
    assert fast_events("a: b") is None


@pytest.mark.parametrize("odd", ["\x85", "\u2028", "\n%", "\t", "\r"])
def test_what_the_two_do_not_agree_on_is_left_to_the_one_in_python(odd: str) -> None:
    """YAML 1.1 ends a line at letters that are nothing special to YAML 1.2."""
    assert fast_events(f"a: 'b{odd}c'{FAST}") is None


WRONG = (
    "pool: cpu, cpu: 0",
    "pool: cpu, memory: 8GB",
    "pool: cpuu",
    "pool: gpu, gpu: 3",
    "pool: cpu, gpu: 1",
    "pool: cpu, images: {A: q/a}",
    "pool: cpu, options: {}",
    "pool: cpu, options: {A: {cpu: 9000}, a!: {}}",
    "pool: cpu, nam: x",
    "pool: cpu, memory: {guarantee: 9G, limit: 1G}",
    "pool: cpu, cpu: -1",
)


def problems(path: Path) -> list[Problem]:
    """Return everything that is said about a profiles file."""
    with pytest.raises(ConfigError) as caught:
        load(ConfigSources(profiles=path))
    return list(caught.value.problems)


@pytest.mark.timeout(60)
def test_all_of_ten_thousand_wrong_profiles_are_reported(tmp_path: Path) -> None:
    """Each at its line, in a time that grows with their number and no faster."""
    lines = [
        "pools: {cpu: {instances: [m7i]}, gpu: {instances: [g6.xlarge]}}",
        "profiles:",
        "- {name: Good, default: true, pool: cpu}",
    ]
    lines += [f"- {{name: P{each}, {WRONG[each % len(WRONG)]}}}" for each in range(10_000)]
    path = tmp_path / "profiles.yaml"
    path.write_text("\n".join(lines))

    found = {each.line for each in problems(path) if each.severity == "error"}

    # Three GPUs of machines with one are refused by the proof, which needs all else right.
    alike = WRONG.index("pool: gpu, gpu: 3")
    assert found == {each + 4 for each in range(10_000) if each % len(WRONG) != alike}
