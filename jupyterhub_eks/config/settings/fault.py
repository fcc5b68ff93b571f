"""What is wrong with the value of a setting, before it is given a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_LONGEST: Final = 40


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something with which no server starts, or which has no effect.

    Attributes:
        keys: Where it stands below the setting; empty: the setting itself.
        message: What is wrong, with the value.
        hint: What to write instead.
        at_key: Whether it is the key that is wrong.
    """

    keys: tuple[str | int, ...] = ()
    message: str
    hint: str
    at_key: bool = False


def shown(value: object) -> str:
    """Return a value as a message has it: as in YAML where it is a single one, and short."""
    if value is None or isinstance(value, bool):
        text = {None: "null", True: "true", False: "false"}[value]
    elif isinstance(value, (dict, list)):
        text = "a mapping" if isinstance(value, dict) else "a list"
    else:
        text = str(value) if isinstance(value, (int, float)) or value else '""'
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
