"""A YAML document as data that remembers where each key and value was written.

Trees are immutable, so that an anchor's node can stand in many places at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.problems import Severity

KeyPath = tuple[str | int, ...]
ScalarValue = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file; lines and columns count from 1.

    Attributes:
        file: File as the user named it; empty for a command-line flag.
        line: Line, 0 when there is none.
        column: Column in characters, 0 when there is none.
        flag: The command-line flag that gave the value; empty for a file.
    """

    file: str = ""
    line: int = 0
    column: int = 0
    flag: str = ""


def problem_at(
    place: Place, path: str, message: str, hint: str = "", severity: Severity = "error"
) -> Problem:
    """Return a problem at a place."""
    return Problem(
        path=path,
        message=message,
        hint=hint,
        file=place.file,
        line=place.line,
        column=place.column,
        severity=severity,
        flag=place.flag,
    )


def written_twice(path: str, key: str, place: Place, first: Place) -> Problem:
    """Return the problem of a key that a mapping has already; ``first`` is where."""
    return problem_at(
        place,
        path,
        f"the key `{key}` is written twice in one mapping",
        f"it first stands in line {first.line}; remove one of the two",
    )


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value.

    Attributes:
        value: What YAML 1.2 makes of it.
        text: As written, without quotes; ``1.30`` stays ``1.30``.
        quoted: Whether it was written in quotes or as a block of text.
    """

    value: ScalarValue
    text: str
    quoted: bool
    place: Place
    size: int = 1
    depth: int = 1


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list; ``size`` and ``depth`` count what its anchors expand to."""

    items: tuple[Node, ...]
    place: Place
    size: int = 1
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping and its value."""

    key_place: Place
    value: Node


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping with string keys, in the order they were written."""

    entries: Mapping[str, Entry]
    place: Place
    size: int = 1
    depth: int = 1


Node = Scalar | ListNode | MapNode

EMPTY: Final = MapNode(entries=MappingProxyType({}), place=Place())


def map_node(entries: dict[str, Entry], place: Place) -> MapNode:
    """Return a mapping with ``size`` and ``depth`` worked out from ``entries``."""
    values = [entry.value for entry in entries.values()]
    return MapNode(
        entries=MappingProxyType(entries),
        place=place,
        size=1 + sum(value.size for value in values),
        depth=1 + max((value.depth for value in values), default=0),
    )


def list_node(items: tuple[Node, ...], place: Place) -> ListNode:
    """Return a list with ``size`` and ``depth`` worked out from ``items``."""
    return ListNode(
        items=items,
        place=place,
        size=1 + sum(item.size for item in items),
        depth=1 + max((item.depth for item in items), default=0),
    )


def from_plain(value: Any, place: Place) -> Node:
    """Return the tree of a plain value, all of it at ``place``; for command-line flags."""
    if isinstance(value, dict):
        entries = {str(k): Entry(place, from_plain(v, place)) for k, v in value.items()}
        return map_node(entries, place)
    if isinstance(value, (list, tuple)):
        return list_node(tuple(from_plain(item, place) for item in value), place)
    if isinstance(value, str):
        # Bytes of a flag that are not UTF-8 arrive as half characters, which JSON cannot hold.
        value = value.encode("utf-8", "replace").decode("utf-8")
    return Scalar(value=value, text=str(value), quoted=isinstance(value, str), place=place)


def to_plain(node: Node) -> Any:
    """Return dicts, lists and scalars, without the places."""
    if isinstance(node, MapNode):
        return {key: to_plain(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, ListNode):
        return [to_plain(item) for item in node.items]
    return node.value


def child(node: Node, key: str | int) -> Node | None:
    """Return the value at ``key``, or ``None`` where there is none."""
    if isinstance(node, MapNode) and isinstance(key, str):
        entry = node.entries.get(key)
        return entry.value if entry else None
    if isinstance(node, ListNode) and isinstance(key, int) and 0 <= key < len(node.items):
        return node.items[key]
    return None


def find(node: Node, path: KeyPath) -> Node | None:
    """Return the node at ``path``, or ``None`` where nothing was written."""
    found: Node | None = node
    for key in path:
        found = child(found, key) if found is not None else None
    return found


@dataclass(slots=True)
class _Step:
    node: Node
    key_place: Place = field(default_factory=Place)


def place_of(root: Node, path: KeyPath, *, key: bool = False) -> Place:
    """Return where ``path`` was written; for a missing key, where its parent was.

    Args:
        root: Tree to look in.
        path: Path of the value.
        key: Return the position of the key instead of its value. A parent that
            stands in for a missing key is always shown by its own key.
    """
    step = _Step(root, root.place)
    for index, name in enumerate(path):
        below = child(step.node, name)
        if below is None:
            # A single value may stand for a whole section: `cpu: 2`.
            return step.node.place if isinstance(step.node, Scalar) else step.key_place
        found = step.node
        is_last = index == len(path) - 1
        if isinstance(found, MapNode) and isinstance(name, str):
            step = _Step(below, found.entries[name].key_place)
        else:
            step = _Step(below, below.place)
        if is_last and not key:
            return below.place
    return step.key_place


def dotted(path: KeyPath) -> str:
    """Return ``profiles[2].pool`` for ``("profiles", 2, "pool")``."""
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text
