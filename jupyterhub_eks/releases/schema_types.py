"""JSON's types as schemas name them, and in words for people. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sized


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


TYPES: Final[dict[str, Callable[[Any], bool]]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    # JSON does not tell 1 from 1.0, and neither does Helm.
    "integer": lambda value: _is_number(value) and float(value).is_integer(),
    "number": _is_number,
}
WORDS: Final = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "null": "null",
    "integer": "a whole number",
    "number": "a number",
}


def kind_of(value: object) -> str:
    """Return what a value is, e.g. ``a list``."""
    return next(WORDS[name] for name, fits in TYPES.items() if fits(value))


def equal(one: Any, other: Any) -> bool:
    """Return whether two values are the same in JSON, where ``true`` is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def shown(value: object) -> str:
    """Return a value that a schema names, as it is written in YAML."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f"`{value}`"


def number(value: Any) -> float | None:
    """Return a number; nothing for any other value."""
    return value if _is_number(value) else None


def length_of(kind: type[Sized]) -> Callable[[Any], float | None]:
    """Return what measures values of a kind, and says nothing of others."""
    return lambda value: len(value) if isinstance(value, kind) else None
