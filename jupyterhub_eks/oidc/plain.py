"""What others wrote, as it may be shown on a terminal."""

from __future__ import annotations

from typing import Final

_MOST_CHARACTERS: Final = 300


def plain(text: str) -> str:
    """Return a text in one line, without what a terminal would obey, and not endless."""
    return "".join(char if char.isprintable() else " " for char in text)[:_MOST_CHARACTERS]
