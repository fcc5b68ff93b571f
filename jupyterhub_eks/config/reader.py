"""Read one YAML file into a tree with positions, or say precisely why not."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from jupyterhub_eks.config.builder import ReadError, TreeBuilder, refuse
from jupyterhub_eks.config.decoding import decode
from jupyterhub_eks.config.document import EMPTY, ListNode, MapNode, Place, Scalar
from jupyterhub_eks.config.opening import MAX_BYTES, read_bytes
from jupyterhub_eks.config.parsing import events, fast_events
from jupyterhub_eks.config.syntax import explain_syntax
from jupyterhub_eks.config.yamltext import as_yaml_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ruamel.yaml.events import Event

    from jupyterhub_eks.config.document import KeyPath, Node
    from jupyterhub_eks.problems import Problem

# `name:lab`, also with a space that is none of YAML's, and `name = lab`.
_ALMOST_A_PAIR: Final = re.compile(
    r"(?P<key>[A-Za-z_]\w*)(?:\s*=|(?P<colon>:)(?! ))\s*(?P<value>\S+)"
)

__all__ = [
    "MAX_BYTES",
    "Read",
    "ReadDocument",
    "ReadError",
    "read",
    "read_documents",
    "read_file",
    "read_text",
]


class Read(NamedTuple):
    """A file that could be read.

    Attributes:
        tree: What is in it.
        problems: Keys that are written twice.
        doubled: Where they are; the tree has the first of the two values.
    """

    tree: MapNode
    problems: tuple[Problem, ...] = ()
    doubled: tuple[KeyPath, ...] = ()


class ReadDocument(NamedTuple):
    """One document of a file that somebody else wrote.

    Attributes:
        root: What is in it; not always a mapping.
        problems: Keys that are written twice.
        tagged: Where values have a tag such as ``!vault``, so that they are not what they seem.
    """

    root: Node
    problems: tuple[Problem, ...] = ()
    tagged: frozenset[Place] = frozenset()


def read_file(path: Path) -> Read:
    """Return what a YAML file holds; an empty file is an empty mapping.

    Raises:
        ReadError: The file is missing, not text, not YAML, or too large.
    """
    name = str(path)
    return read(decode(read_bytes(path), name), name)


def read_text(text: str, name: str) -> MapNode:
    """Return the tree of YAML text; ``name`` stands in positions.

    Raises:
        ReadError: The text is not one YAML mapping, or too large, or has a key twice.
    """
    found = read(text, name)
    if found.problems:
        raise ReadError(*found.problems)
    return found.tree


def read(text: str, name: str) -> Read:
    """Return what YAML text holds; ``name`` stands in positions.

    Raises:
        ReadError: The text is not one YAML mapping, or too large.
    """
    fast = fast_events(text)
    if fast is not None:
        with suppress(ReadError):  # which the other parser explains
            return _read(fast, name)
    return _read(_events(text, name), name)


def _read(found: Iterator[Event], name: str) -> Read:
    builder = TreeBuilder(name)
    try:
        tree = _mapping(builder.build(found))
    except ReadError as error:
        raise ReadError(*builder.problems, *error.problems) from error
    return Read(tree, tuple(builder.problems), tuple(builder.doubled))


def read_documents(
    text: str, name: str, *, most_nodes: int, given: Iterator[Event] | None = None
) -> Iterator[ReadDocument]:
    """Yield the documents of YAML text that is not one of our own files; empty ones are left out.

    Args:
        text: The text.
        name: Stands in positions.
        most_nodes: How many values one document may have.
        given: Events of the text, if another parser has read it.

    Raises:
        ReadError: The text is not YAML, or too large.
    """
    found = given or _events(text, name)
    for first in found:
        if type(first).__name__ != "DocumentStartEvent":
            continue
        builder = TreeBuilder(name, most_nodes=most_nodes, lets_tags=True)
        root = builder.build(takewhile(_is_within, found))
        if root is not None and not (isinstance(root, Scalar) and root.value is None):
            yield ReadDocument(root, tuple(builder.problems), frozenset(builder.tagged))


def _is_within(event: Event) -> bool:
    return type(event).__name__ != "DocumentEndEvent"


def _mapping(root: Node | None) -> MapNode:
    if root is None or (isinstance(root, Scalar) and root.value is None):
        return EMPTY
    if not isinstance(root, MapNode):
        kind = "a list" if isinstance(root, ListNode) else "a single value"
        refuse(
            root.place,
            f"the file holds {kind}; expected `key: value` lines",
            _in_place_of_keys(root),
        )
    return root


def _in_place_of_keys(root: ListNode | Scalar) -> str:
    """Return what to write where a file holds no mapping."""
    first = root.text.splitlines()[0] if isinstance(root, Scalar) and root.text else ""
    if pair := _ALMOST_A_PAIR.match(first):
        how = "a space after the colon" if pair["colon"] else "a colon and a space"
        value = pair["value"].strip('"')
        return f"write {how}: `{as_yaml_line(pair['key'], value)}`"
    return "start with a key such as `name: jupyterhub-on-eks`"


def _events(text: str, name: str) -> Iterator[Event]:
    try:
        yield from events(text)
    except MarkedYAMLError as error:
        (line, column), message, hint = explain_syntax(error, text)
        refuse(Place(name, line, column), message, hint)
    except ReaderError as error:
        before = text[: error.position]
        place = Place(name, before.count("\n") + 1, len(before) - before.rfind("\n"))
        refuse(
            place,
            f"the character U+{ord(text[error.position]):04X} is not allowed in YAML",
            "remove it, or write it as an escape in double quotes",
        )
    # The parser answers some malformed text with plain Python errors.
    except (YAMLError, ValueError, LookupError, AttributeError, TypeError, AssertionError) as error:
        refuse(
            Place(name),
            f"the YAML parser gave up: {type(error).__name__} {error}".strip(),
            "look for stray characters; `%` and `!` at the start of a line have a special meaning",
        )
