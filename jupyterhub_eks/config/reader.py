"""Read one YAML file into a tree with positions, or say precisely why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from jupyterhub_eks.config.builder import ReadError, TreeBuilder, refuse
from jupyterhub_eks.config.document import EMPTY, ListNode, MapNode, Place, Scalar
from jupyterhub_eks.config.opening import MAX_BYTES, read_bytes
from jupyterhub_eks.config.syntax import explain_syntax

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ruamel.yaml.events import Event

__all__ = ["MAX_BYTES", "ReadError", "read_file", "read_text"]


def read_file(path: Path) -> MapNode:
    """Return the tree of a YAML file; an empty file is an empty mapping.

    Raises:
        ReadError: The file is missing, not text, not YAML, or too large.
    """
    name = str(path)
    return read_text(_decode(read_bytes(path), name), name)


def read_text(text: str, name: str) -> MapNode:
    """Return the tree of YAML text; ``name`` stands in positions.

    Raises:
        ReadError: The text is not one YAML mapping, or too large.
    """
    builder = TreeBuilder(name)
    root = builder.build(_events(text, name))
    if builder.problems:
        raise ReadError(*builder.problems)
    if root is None or (isinstance(root, Scalar) and root.value is None):
        return EMPTY
    if not isinstance(root, MapNode):
        kind = "a list" if isinstance(root, ListNode) else "a single value"
        refuse(
            root.place,
            f"the file holds {kind}; expected `key: value` lines",
            "start with a key such as `name: jupyterhub-on-eks`",
        )
    return root


def _decode(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        refuse(
            Place(name, line, column),
            f"byte 0x{data[error.start]:02x} is not UTF-8 text",
            "save the file as UTF-8",
        )
    if "\0" in text:
        refuse(Place(name), "the file is binary, not text", "name a YAML file")
    return text


def _events(text: str, name: str) -> Iterator[Event]:
    yaml = YAML(typ="safe", pure=True)
    try:
        yield from yaml.parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
        refuse(place, *explain_syntax(error, text))
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
