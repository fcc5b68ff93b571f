"""Values as YAML text in one line, for hints and for the files that ``jhub init`` writes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.scalars import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PLAIN: Final = re.compile(r"[A-Za-z0-9/][A-Za-z0-9._/@+:-]*")


def as_yaml(value: object) -> str:
    """Return YAML, in one line, that is read back as ``value``; fit to stand in a list, too."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return _mapping(value)
    if isinstance(value, (list, tuple)):
        return _list(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def as_yaml_line(key: str, value: object) -> str:
    """Return ``key: value`` in one line, the key in quotes if it needs them."""
    return f"{_text(key)}: {as_yaml(value)}"


def _text(value: str) -> str:
    plain = _PLAIN.fullmatch(value) and not value.endswith(":") and isinstance(resolve(value), str)
    return value if plain else json.dumps(value, ensure_ascii=False)


def _mapping(value: Mapping[str, object]) -> str:
    return "{" + ", ".join(as_yaml_line(key, item) for key, item in value.items()) + "}"


def _list(value: Sequence[object]) -> str:
    return "[" + ", ".join(map(as_yaml, value)) + "]"
