"""The events of a YAML text, from whichever parser is right for it.

The parser in Python explains best what is wrong with a text, and needs 7 s for one of half a
MiB. A large text is therefore read by libyaml, which PyYAML brings along, in 0.2 s. What that
does not take, or may read otherwise, is left to the other one, which then has the word. Events
of both have types of the same names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.builder import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterator

# A smaller one takes the parser in Python less time than it takes to load another.
LARGE: Final = 16 << 10
# Ends of lines to YAML 1.1, which libyaml reads, and mere letters to YAML 1.2; a byte order
# mark; tabs and carriage returns, which libyaml takes in more places; directives.
_ODD_LETTERS: Final = ("\x85", "\u2028", "\u2029", "\ufeff", "\t", "\r", "\n%")
# An anchor or alias whose name may have other characters in YAML 1.2, or that follows a tag;
# a comment right behind the mark of a block; the end of a document, which libyaml takes twice.
_ODD_PLACES: Final = re.compile(
    r"(?:^|[\s\[{,])(?:[&*](?![\w-]+(?:[\s,\]}]|$))|!\S*\s+&)|[|>]\S*#|^[.]{3}", re.MULTILINE
)
_OPENING: Final = frozenset({"MappingStartEvent", "SequenceStartEvent"})
_CLOSING: Final = frozenset({"MappingEndEvent", "SequenceEndEvent"})


def events(text: str) -> Iterator[Any]:
    """Yield the events of ``ruamel.yaml`` for a text.

    Raises:
        ruamel.yaml.error.YAMLError: The text is not YAML.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415 - not needed for a large text

    yield from YAML(typ="safe", pure=True).parse(text)


def fast_events(text: str, least: int = LARGE) -> Iterator[Any] | None:
    """Return the events of a text by libyaml; None: the other parser has to read it.

    Args:
        text: The text.
        least: Characters below which it is not worth it.
    """
    if len(text) < least or text.startswith("%") or _is_odd(text):
        return None
    import yaml  # noqa: PLC0415 - takes time, and is for large texts only

    loader = getattr(yaml, "CSafeLoader", None)
    if loader is None:  # PyYAML was built without libyaml
        return None
    try:
        if not _is_sound(yaml.parse(text, Loader=loader)):
            return None
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    # A second time: kept, they would be most of the memory that is needed.
    found: Iterator[Any] = yaml.parse(text, Loader=loader)
    return found


def _is_odd(text: str) -> bool:
    return any(each in text for each in _ODD_LETTERS) or _ODD_PLACES.search(text) is not None


def _is_sound(found: Iterator[Any]) -> bool:
    """Whether a text can be read to its end; nothing may be built of what has a fault there.

    What is nested too deep is no text for libyaml, which then takes the square of its length. A
    tag without a name is one to the one parser, and none to the other.
    """
    depth = 0
    for each in found:
        name = type(each).__name__
        if name in _OPENING:
            depth += 1
        elif name in _CLOSING:
            depth -= 1
        if depth > MAX_DEPTH or getattr(each, "tag", None) == "!":
            return False
    return True
