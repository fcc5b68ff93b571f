"""The keywords of JSON Schema that bound a size or the form of a text. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from jupyterhub_eks.releases.schema_faults import Fault, UnknownKeywordError, ValuePath
from jupyterhub_eks.releases.schema_types import length_of, number

Bound = Callable[[object, Mapping[str, Any], Any, ValuePath], Iterator[Fault]]


def _limit(
    keyword: str, words: str, measure: Callable[[Any], float | None], *, least: bool
) -> Bound:
    """Return the check of a bound; ``measure`` gives nothing for what it does not bound."""

    def check(_: object, schema: Mapping[str, Any], value: Any, path: ValuePath) -> Iterator[Fault]:
        bound = schema[keyword]
        if isinstance(bound, bool):  # how the oldest draft spells an exclusive bound
            raise UnknownKeywordError(keyword)
        size = measure(value)
        if size is None:
            return
        strict = keyword.startswith("exclusive")
        fits = size > bound if least else size < bound
        if not (fits or (size == bound and not strict)):
            yield Fault(path, f"must {words.format(f'{bound:g}')}")

    return check


def _pattern(_: object, schema: Mapping[str, Any], value: Any, path: ValuePath) -> Iterator[Fault]:
    if isinstance(value, str) and not matches(schema["pattern"], value):
        yield Fault(path, f"must match pattern `{schema['pattern']}`")


def matches(pattern: str, text: str) -> bool:
    """Return whether a pattern of a schema occurs in a text.

    Raises:
        UnknownKeywordError: The pattern is of a form that Python does not read.
    """
    try:
        return re.search(pattern, text) is not None
    except re.error as error:
        raise UnknownKeywordError(f"pattern: {pattern}") from error


BOUNDS: Final[dict[str, Bound]] = {
    "pattern": _pattern,
    "minimum": _limit("minimum", "be {} or more", number, least=True),
    "maximum": _limit("maximum", "be {} or less", number, least=False),
    "exclusiveMinimum": _limit("exclusiveMinimum", "be more than {}", number, least=True),
    "exclusiveMaximum": _limit("exclusiveMaximum", "be less than {}", number, least=False),
    "minLength": _limit("minLength", "have {} or more characters", length_of(str), least=True),
    "maxLength": _limit("maxLength", "have {} or fewer characters", length_of(str), least=False),
    "minItems": _limit("minItems", "have {} or more elements", length_of(list), least=True),
    "maxItems": _limit("maxItems", "have {} or fewer elements", length_of(list), least=False),
    "minProperties": _limit("minProperties", "have {} or more keys", length_of(dict), least=True),
    "maxProperties": _limit("maxProperties", "have {} or fewer keys", length_of(dict), least=False),
}
