"""Find what a template left for the user to write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.document import (
    KeyPath,
    ListNode,
    MapNode,
    Node,
    Place,
    dotted,
    problem_at,
)
from jupyterhub_eks.config.samples import sample_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.problems import Problem

# Stands where an answer is still owed; loading refuses it, in any case, and points at it.
PLACEHOLDER: Final = "CHANGEME"
_SOUGHT: Final = PLACEHOLDER.lower()


def placeholders(node: Node, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Problem]]:
    """Yield path and problem of each key or value that still holds the placeholder."""
    if isinstance(node, ListNode):
        for index, item in enumerate(node.items):
            yield from placeholders(item, (*path, index))
    elif isinstance(node, MapNode):
        for key, entry in node.entries.items():
            if _SOUGHT in key.lower():
                hint = "write the name that is meant, or remove the line"
                yield (*path, key), _problem((*path, key), entry.key_place, hint)
            else:
                yield from placeholders(entry.value, (*path, key))
    elif _SOUGHT in node.text.lower():
        yield path, _value(path, node.place)


def _value(path: KeyPath, place: Place) -> Problem:
    line = sample_line(path)
    return _problem(path, place, f"write your value, e.g. `{line}`" if line else "write your value")


def _problem(path: KeyPath, place: Place, hint: str) -> Problem:
    return problem_at(place, dotted(path), f"still holds the placeholder {PLACEHOLDER}", hint)
