"""The events of YAML text by libyaml, which PyYAML brings along: some thirty times faster.

Only for text that it takes without complaint. What it refuses, or may read otherwise, is left to
the parser of all our own files, whose words about faults are better.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from jupyterhub_eks.config.builder import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ruamel.yaml.events import Event

# Below it the other parser takes less than the import of this one.
_LEAST_TEXT: Final = 20_000
# An anchor or alias whose name may have other characters in YAML 1.2, or that follows a tag.
_ODD_ANCHOR: Final = re.compile(
    r"(?:^|[\s\[{,])(?:[&*](?![\w-]+(?:[\s,\]}]|$))|!\S*\s+&)", re.MULTILINE
)
_OPENING: Final = frozenset({"MappingStartEvent", "SequenceStartEvent"})
_CLOSING: Final = frozenset({"MappingEndEvent", "SequenceEndEvent"})
# Ends of lines in YAML 1.1 only, which libyaml reads; and what else the two read differently.
_OTHERWISE: Final = ("\x85", "\u2028", "\u2029", "\ufeff", "\t", "\r", "\n%")


def fast_events(text: str, least: int = _LEAST_TEXT) -> Iterator[Event] | None:
    """Return the events of YAML text; None: the other parser has to read it.

    Args:
        text: The text.
        least: Characters below which it is not worth it.
    """
    if len(text) < least or text.startswith("%") or any(each in text for each in _OTHERWISE):
        return None
    if _ODD_ANCHOR.search(text):
        return None
    import yaml  # noqa: PLC0415 - not for files of ours

    loader = getattr(yaml, "CSafeLoader", None)
    if loader is None:  # PyYAML was built without libyaml
        return None
    try:
        if not _is_sound(yaml.parse(text, Loader=loader)):
            return None
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return (_MAKE[type(each).__name__](each) for each in yaml.parse(text, Loader=loader))


def _is_sound(events: Iterator[Any]) -> bool:
    """Whether text can be read to its end; nothing may be built of what has a fault there.

    What is nested too deep is no text for libyaml, which then takes the square of its length.
    """
    depth = 0
    for each in events:
        name = type(each).__name__
        if name in _OPENING:
            depth += 1
            if depth > MAX_DEPTH:
                return False
        elif name in _CLOSING:
            depth -= 1
    return True


def _scalar(event: Any) -> Event:
    return ScalarEvent(
        event.anchor,
        event.tag,
        event.implicit,
        event.value,
        event.start_mark,
        event.end_mark,
        style=event.style or None,
    )


def _start(kind: Callable[..., Event]) -> Callable[[Any], Event]:
    return lambda event: kind(
        event.anchor, event.tag, event.implicit, event.start_mark, event.end_mark
    )


def _plain(kind: Callable[..., Event]) -> Callable[[Any], Event]:
    return lambda event: kind(event.start_mark, event.end_mark)


_MAKE: Final[dict[str, Callable[[Any], Event]]] = {
    "ScalarEvent": _scalar,
    "AliasEvent": lambda event: AliasEvent(event.anchor, event.start_mark, event.end_mark),
    "MappingStartEvent": _start(MappingStartEvent),
    "SequenceStartEvent": _start(SequenceStartEvent),
    "MappingEndEvent": _plain(MappingEndEvent),
    "SequenceEndEvent": _plain(SequenceEndEvent),
    "DocumentStartEvent": _plain(DocumentStartEvent),
    "DocumentEndEvent": _plain(DocumentEndEvent),
    "StreamStartEvent": _plain(StreamStartEvent),
    "StreamEndEvent": _plain(StreamEndEvent),
}
