"""JSON as a tree with places, at a speed that suits lists which a program wrote.

YAML's parser would read it too, about twenty times slower.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.builder import MAX_DEPTH, ReadError, refuse
from jupyterhub_eks.config.document import (
    Entry,
    Node,
    Place,
    Scalar,
    list_node,
    map_node,
    written_twice,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.problems import Problem

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def read_json(text: str, name: str) -> tuple[Node, tuple[Problem, ...]] | None:
    """Return the tree of JSON text, and what is written twice; None: it is not JSON.

    Args:
        text: The text.
        name: Stands in positions.

    Raises:
        ReadError: It is nested too deep.
    """
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return None
    return _Reader(text, name).read()


@dataclass
class _Open:
    place: Place
    is_map: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    key: tuple[str, Place] | None = None


class _Reader:
    """Builds the tree of text that is known to be JSON."""

    def __init__(self, text: str, name: str) -> None:
        self._text, self._name = text, name
        self._lines = [0, *(each.end() for each in re.finditer("\n", text))]
        self._problems: list[Problem] = []
        self._stack: list[_Open] = []

    def read(self) -> tuple[Node, tuple[Problem, ...]]:
        """Return the tree, and what is written twice."""
        for written, place in self._tokens():
            if written in "{[":
                if len(self._stack) >= MAX_DEPTH:
                    refuse(place, f"nested deeper than {MAX_DEPTH} levels", "flatten the file")
                self._stack.append(_Open(place, written == "{"))
                continue
            node = self._closed() if written in "}]" else _scalar(written, place)
            if not self._stack:
                return node, tuple(self._problems)
            self._add(node)
        raise ReadError(*self._problems)  # not reached: the text is JSON

    def _tokens(self) -> Iterator[tuple[str, Place]]:
        lines, name = self._lines, self._name
        for match in _TOKEN.finditer(self._text):
            written = match[0]
            if written not in (",", ":"):
                start = match.start()
                line = bisect_right(lines, start)
                yield written, Place(name, line, start - lines[line - 1] + 1)

    def _closed(self) -> Node:
        done = self._stack.pop()
        if done.is_map:
            return map_node(done.entries, done.place)
        return list_node(tuple(done.items), done.place)

    def _add(self, node: Node) -> None:
        top = self._stack[-1]
        if not top.is_map:
            top.items.append(node)
        elif top.key is None:
            top.key = (node.text if isinstance(node, Scalar) else "", node.place)
        else:
            key, place = top.key
            top.key = None
            if key in top.entries:
                first = top.entries[key].key_place
                self._problems.append(written_twice(key, key, place, first))
            else:
                top.entries[key] = Entry(place, node)


def _scalar(written: str, place: Place) -> Scalar:
    value = json.loads(written)
    quoted = isinstance(value, str)
    return Scalar(value=value, text=value if quoted else written, quoted=quoted, place=place)
