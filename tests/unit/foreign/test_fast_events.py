"""The fast parser gives what the other one gives, or leaves the text to it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from jupyterhub_eks.config.parsing import fast_events
from jupyterhub_eks.foreign.documents import documents
from jupyterhub_eks.resources import data_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FILES = sorted((data_root() / "examples").rglob("*.yaml"))
PARTS = st.sampled_from(
    ["a", "b: ", "- ", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ", ", ": ", ":", '"x"', "'y'",
     '"', "'", "#c", "&a ", "*a", "!t ", "|\n  x\n", ">-\n  y\n", "? ", "---\n", "...\n", "\n%",
     "@", "0o7", "é", "~", "<<: ", "!!str ", "\r\n", '"\\/"', "a:b", "|2\n   z\n", "\u2028", "\t"]
)  # fmt: skip


def told(events: Iterable[Any]) -> Iterator[tuple[object, ...]]:
    """Yield what a tree is made of; where an empty value stands does not count."""
    for each in events:
        kind = type(each).__name__
        value = getattr(each, "value", None)
        has_place = "Start" in kind or bool(value)
        yield (
            kind,
            value,
            getattr(each, "anchor", None),
            str(each.tag) if getattr(each, "tag", None) else None,
            (getattr(each, "style", None) or None) if value is not None else None,
            tuple(each.implicit) if kind == "ScalarEvent" else None,
            (each.start_mark.line, each.start_mark.column)
            if has_place and "Stream" not in kind and "Document" not in kind
            else None,
        )


def by_the_other(text: str) -> list[tuple[object, ...]] | None:
    """Return what the other parser gives; None: it refuses the text."""
    try:
        return list(told(YAML(typ="safe", pure=True).parse(text)))
    except (YAMLError, ValueError, LookupError, AttributeError, TypeError, AssertionError):
        return None


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_files(path: Path) -> None:
    """Every example is read alike, and fast."""
    text = path.read_text(encoding="utf-8")
    found = fast_events(text, 0)

    assert found is not None
    assert list(told(found)) == by_the_other(text)


@given(st.lists(PARTS, max_size=14).map("".join))
def test_any_text(text: str) -> None:
    """Where it gives anything, the other parser gives the same."""
    found = fast_events(text, 0)
    if found is not None:
        assert list(told(found)) == by_the_other(text)


@pytest.mark.parametrize(
    "text",
    ["a: [", "&a: b", "&a? b", "!t &a b", "a:\tb", "a: b\u2028c", "%YAML 1.1\n---\na", "a\r\n"],
)
def test_what_is_left_to_the_other(text: str) -> None:
    """Faults, for the words about them, and what YAML 1.1 and 1.2 read differently."""
    assert fast_events(text, 0) is None


def test_what_is_nested_without_end_is_given_up_at_once() -> None:
    """Of brackets in brackets the time would grow with the square of their number."""
    text = "[" * 1_000_000
    begin = time.process_time()

    assert fast_events(text) is None
    assert time.process_time() - begin < 5


def test_a_large_file_keeps_its_places() -> None:
    """Of a file that is long enough, without being told so."""
    text = "".join(f"- {{key: {number}, 'é': \"x\"}}\n" for number in range(2000))
    (root,) = documents(text, "large.yaml").roots

    assert fast_events(text) is not None
    last = root.items[-1].entries["é"]  # type: ignore[union-attr]
    assert (last.key_place.line, last.key_place.column) == (2000, 15)
    assert (last.value.place.column, last.value.quoted) == (20, True)  # type: ignore[union-attr]
