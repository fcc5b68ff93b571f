"""Build a tree with positions from the events of the YAML parser.

Depth, size and anchors are limited while reading and not after the memory has gone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

from jupyterhub_eks.config.document import (
    Entry,
    KeyPath,
    ListNode,
    MapNode,
    Node,
    Place,
    Scalar,
    dotted,
    list_node,
    map_node,
    problem_at,
    written_twice,
)
from jupyterhub_eks.config.scalars import resolve, whole_characters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.problems import Problem

MAX_DEPTH: Final = 40
MAX_NODES: Final = 250_000

# An event of ``ruamel.yaml`` or of ``yaml``.
Event = Any
_STARTS: Final = frozenset({"MappingStartEvent", "SequenceStartEvent"})
_ENDS: Final = frozenset({"MappingEndEvent", "SequenceEndEvent"})
# A name or a wildcard; anything else after a star may be a password, which is not shown.
_SPEAKING: Final = re.compile(r"[A-Za-z_-]{1,30}|\.[A-Za-z0-9.-]{1,80}")
_AROUND: Final = frozenset({"StreamStartEvent", "StreamEndEvent", "DocumentEndEvent"})

_STRING_TAG: Final = "tag:yaml.org,2002:str"
_CORE_TAGS: Final = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")
)


_KEY_HINT: Final = "put the key in quotes; the `{{ }}` of a template is to be filled in before"


def _is_map(event: Event) -> bool:
    return type(event).__name__ == "MappingStartEvent"


class ReadError(Exception):
    """A file could not be read; carries every problem found in it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].message)
        self.problems = problems


def refuse(place: Place, message: str, hint: str) -> NoReturn:
    """Raise the one problem that ends the reading of a file."""
    raise ReadError(problem_at(place, "", message, hint))


@dataclass
class _Open:
    """A mapping or list whose end has not been read yet."""

    place: Place
    is_map: bool
    anchor: str | None
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    inherited: dict[str, Entry] = field(default_factory=dict)
    key: tuple[str, Place] | None = None


class TreeBuilder:
    """Turns the parser's events into a tree.

    Attributes:
        problems: Faults that did not end the reading: keys written twice.
        doubled: Where these keys are. The first of the two values is in the tree, and nobody
            knows which one is meant.
        tagged: Where a value has a tag of its own, where such values are let through.

    Args:
        name: File as the user named it.
        most_nodes: How many values it may have.
        lets_tags: Whether a tag such as ``!vault`` is noted and not refused.
    """

    def __init__(self, name: str, *, most_nodes: int = MAX_NODES, lets_tags: bool = False) -> None:
        self.name = name
        self.tagged: set[Place] = set()
        self._most_nodes = most_nodes
        self._lets_tags = lets_tags
        self.problems: list[Problem] = []
        self.doubled: list[KeyPath] = []
        self._stack: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._root: Node | None = None
        self._nodes = 0
        self._documents = 0

    def build(self, events: Iterator[Event]) -> Node | None:
        """Return the root, or ``None`` for an empty document; see ``problems`` too."""
        for event in events:
            self._take(event)
        return self._root

    def _take(self, event: Event) -> None:
        # By name: two parsers may have made it, each with types of its own.
        kind = type(event).__name__
        mark = event.start_mark
        place = Place(self.name, mark.line + 1, mark.column + 1)
        if kind == "ScalarEvent":
            self._add(self._scalar(event, place), place)
        elif kind == "AliasEvent":
            self._add(self._alias(event, place), place)
        elif kind in _STARTS:
            self._open(event, place)
        elif kind in _ENDS:
            self._close()
        elif kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                refuse(
                    place,
                    "the file holds a second YAML document",
                    "keep one document per file; overlays are given as further `-f` options",
                )
        elif kind not in _AROUND:
            refuse(place, "this YAML construct is not supported", "write plain keys and values")

    def _alias(self, event: Event, place: Place) -> Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            name = event.anchor if _SPEAKING.fullmatch(event.anchor) else "..."
            refuse(
                place,
                f"`*{name}` repeats a value, and none above is marked `&{name}`",
                f'mark that value `&{name}`, or write `"*{name}"` for the text',
            )
        return node

    def _scalar(self, event: Event, place: Place) -> Node:
        self._check_tag(event.tag, place)
        text = whole_characters(event.value)
        if text is None:
            refuse(place, "an escape that is half a character", "write the character itself")
        quoted = not event.implicit[0] or bool(event.style)
        is_text = quoted and event.tag in (None, "!", _STRING_TAG)
        value = text if is_text else resolve(text)
        node = Scalar(value=value, text=text, quoted=is_text, place=place)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _check_tag(self, tag: object, place: Place) -> None:
        if tag is not None and str(tag) not in _CORE_TAGS and str(tag) != "!":
            if self._lets_tags:
                self.tagged.add(place)
                return
            shown = str(tag).replace("tag:yaml.org,2002:", "!!")
            refuse(place, f"the tag {shown} is not supported", "remove it; write plain values")

    def _open(self, event: Event, place: Place) -> None:
        self._check_tag(event.tag, place)
        if len(self._stack) >= MAX_DEPTH:
            refuse(place, f"nested deeper than {MAX_DEPTH} levels", "flatten the file")
        top = self._stack[-1] if self._stack else None
        if top and top.is_map and top.key is None:
            refuse(place, "a key must be text, not a list or mapping", _KEY_HINT)
        self._stack.append(_Open(place, _is_map(event), event.anchor))

    def _close(self) -> None:
        done = self._stack.pop()
        node: Node
        if done.is_map:
            merged = {k: v for k, v in done.inherited.items() if k not in done.entries}
            node = map_node(merged | done.entries, done.place)
        else:
            node = list_node(tuple(done.items), done.place)
        if done.anchor:
            self._anchors[done.anchor] = node
        self._add(node, done.place)

    def _add(self, node: Node, place: Place) -> None:
        self._nodes += 1
        most = self._most_nodes
        if node.size > most or self._nodes > most or node.depth > MAX_DEPTH:
            refuse(place, f"the file expands to more than {most} values", "use fewer aliases")
        if not self._stack:
            self._root = node
            return
        top = self._stack[-1]
        if not top.is_map:
            top.items.append(node)
        elif top.key is None:
            top.key = (self._key(node, place), place)
        else:
            key, key_place = top.key
            top.key = None
            self._add_entry(top, key, Entry(key_place, node), place)

    def _key(self, node: Node, place: Place) -> str:
        if not isinstance(node, Scalar):
            refuse(place, "a key must be text, not a list or mapping", _KEY_HINT)
        return node.text

    def _add_entry(self, top: _Open, key: str, entry: Entry, place: Place) -> None:
        if key == "<<":
            self._inherit(top, entry.value, place)
            return
        if first := top.entries.get(key):
            path = (*self._path(), key)
            self.doubled.append(path)
            self.problems.append(written_twice(dotted(path), key, entry.key_place, first.key_place))
            return
        top.entries[key] = entry

    def _path(self) -> KeyPath:
        """Return the path of the innermost mapping or list that is open."""
        path: list[str | int] = []
        for each in self._stack[:-1]:
            if not each.is_map:
                path.append(len(each.items))
            elif each.key:
                path.append(each.key[0])
        return tuple(path)

    def _inherit(self, top: _Open, node: Node, place: Place) -> None:
        sources = node.items if isinstance(node, ListNode) else (node,)
        for source in sources:
            if not isinstance(source, MapNode):
                refuse(
                    place,
                    "`<<` takes the keys of another mapping, and this is none",
                    "write e.g. `<<: *common`, where `&common` marks a mapping above",
                )
            for key, entry in source.entries.items():
                top.inherited.setdefault(key, entry)
