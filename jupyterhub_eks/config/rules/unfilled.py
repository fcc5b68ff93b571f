"""Tell what stands where somebody still has to write something, besides our own placeholder."""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = (
    r"change[ _-]?(?:me|it|this)|replace[ _-]?(?:me|it|this)|fill[ _-]?(?:me|in)|todo|tbd|fixme|"
    r"placeholder|insert[ _-]?here|your[ _-]?(?:own[ _-]?)?(?:oauth[ _-]?)?"
    r"(?:client[ _-]?id|user[ _-]?name|name|user|e?-?mail|login|admin|app(?:lication)?[ _-]?id)|"
    r"client[ _-]?id|x{3,}|\*{3,}|\.{3,}|…|-{3,}|\?+"
)
_UNFILLED: Final = re.compile(rf"(?:{_WORDS})(?:@.*)?|<.*>|\$?\{{.*\}}|\[.*\]", re.IGNORECASE)


def is_unfilled(text: str) -> bool:
    """Whether a text stands for one that is still to be written, e.g. ``<client id>``, ``TODO``."""
    return _UNFILLED.fullmatch(text.strip()) is not None
