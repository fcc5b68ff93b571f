"""Hide what is sensitive and mark what is unknown in a value of Terraform's plan.

In ``terraform show -json`` a value comes with trees of the same shape: ``true`` in
``after_unknown`` marks what only the apply tells, ``true`` in ``before_sensitive`` and
``after_sensitive`` what must not be shown. Masking comes before any comparison, so that
whatever is made of the result later has no secret in it to lose.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# A shorter secret occurs by chance inside other texts.
_SHORTEST_WITHIN: Final = 8


class Gap(Enum):
    """What stands where there is no value."""

    UNKNOWN = "unknown"
    ABSENT = "absent"


class Hidden:
    """A sensitive value: it can be compared, and shows nothing."""

    __slots__ = ("_value",)

    def __init__(self, value: object) -> None:
        self._value = value

    def __eq__(self, other: object) -> bool:
        """Return whether both hide the same value."""
        return isinstance(other, Hidden) and same(self._value, other._value)

    def __hash__(self) -> int:
        """Return the same for all: the hash of a value could be looked up."""
        return 0

    def __repr__(self) -> str:
        """Return no content."""
        return "(sensitive)"

    @property
    def is_empty(self) -> bool:
        """Whether null or an empty text or collection is hidden."""
        return is_empty(self._value)


@dataclass(frozen=True)
class Document:
    """A text that holds JSON, e.g. a policy: the text, and its masked content."""

    text: str
    tree: Any


def is_empty(value: object) -> bool:
    """Return whether Terraform treats a value like one that was not set."""
    if isinstance(value, Hidden):
        return value.is_empty
    return value is None or (isinstance(value, (str, list, dict)) and not value)


def same(one: object, other: object) -> bool:
    """Return whether two values are equal in JSON, where ``true`` is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Document) and isinstance(other, Document):
        return one.text == other.text
    return isinstance(one, bool) == isinstance(other, bool) and one == other


@dataclass(frozen=True)
class Secrets:
    """Texts that stay hidden also where Terraform does not mark them.

    Attributes:
        exact: Hidden where a text equals one of them.
        within: Hidden where a text contains one of them.
    """

    exact: frozenset[str] = field(default=frozenset(), repr=False)
    within: frozenset[str] = field(default=frozenset(), repr=False)

    def occur_in(self, text: str) -> bool:
        """Return whether ``text`` would give one away."""
        return text in self.exact or any(secret in text for secret in self.within)


NO_SECRETS: Final = Secrets()


def find_secrets(changes: Iterable[dict[str, Any]], known: Secrets = NO_SECRETS) -> Secrets:
    """Return the sensitive texts of some ``change`` objects, besides those that are known."""
    found = frozenset(
        text
        for change in changes
        for value in (change.get("before"), change.get("after"))
        for text in _marked(value, marks_of(change))
        if text
    )
    long = {text for text in found if len(text) >= _SHORTEST_WITHIN}
    return Secrets(exact=found | known.exact, within=known.within | long)


def marks_of(change: dict[str, Any]) -> Any:
    """Return where a ``change`` is sensitive, before or after, as one tree.

    What is marked on one side is hidden on both, as Terraform does. Elements of a list
    share their marks, because an element may move; a list's tree is ``[marks]``.
    """
    return _merge(_even(change.get("before_sensitive")), _even(change.get("after_sensitive")))


def mask(value: Any, marks: Any, unknown: Any, secrets: Secrets) -> Any:
    """Return ``value`` with :class:`Hidden`, :class:`Gap` and :class:`Document` in place."""
    if unknown is True:
        return Gap.UNKNOWN
    if _is_marked(value, marks):
        return Hidden(value)
    if isinstance(value, dict):
        return _mask_mapping(value, marks, unknown, secrets)
    if isinstance(value, list):
        return _mask_list(value, marks, unknown, secrets)
    if has_mark(unknown):  # something inside is unknown, and there is no inside
        return Gap.UNKNOWN
    return _mask_text(value, secrets) if isinstance(value, str) else value


def _mask_mapping(value: dict[str, Any], marks: Any, unknown: Any, secrets: Secrets) -> Any:
    if any(secrets.occur_in(key) for key in value):
        return Hidden(value)
    unknown = unknown if isinstance(unknown, dict) else {}
    marks = marks if isinstance(marks, dict) else {}
    told_later = [key for key, each in unknown.items() if key not in value and has_mark(each)]
    return {
        key: mask(value.get(key), marks.get(key), unknown.get(key), secrets)
        for key in (*value, *told_later)
    }


def _mask_list(value: list[Any], marks: Any, unknown: Any, secrets: Secrets) -> list[Any]:
    unknown = unknown if isinstance(unknown, list) else []
    inside = marks[0] if isinstance(marks, list) and marks else None
    told_later = [None for each in unknown[len(value) :] if has_mark(each)]
    gaps = [*unknown, *[None] * len(value)]
    return [
        mask(each, inside, gap, secrets)
        for each, gap in zip([*value, *told_later], gaps, strict=False)
    ]


def _mask_text(text: str, secrets: Secrets) -> Any:
    if secrets.occur_in(text):
        return Hidden(text)
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        tree = json.loads(text, object_pairs_hook=_without_repetition)
    except (ValueError, RecursionError):
        return text
    masked = mask(tree, None, None, secrets)
    # A secret that JSON writes with escapes is not found in the text itself.
    return Hidden(text) if _holds_hidden(masked) else Document(text=text, tree=masked)


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object; one that names a key twice would lose a difference."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key stands twice")
    return made


def _holds_hidden(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_hidden, value.values()))
    if isinstance(value, list):
        return any(map(_holds_hidden, value))
    if isinstance(value, Document):
        return _holds_hidden(value.tree)
    return isinstance(value, Hidden)


def _even(marks: Any) -> Any:
    if isinstance(marks, dict):
        return {key: _even(each) for key, each in marks.items()}
    if isinstance(marks, list):
        return [reduce(_merge, map(_even, marks))] if marks else []
    return marks is True


def _merge(one: Any, other: Any) -> Any:
    if True in (one is True, other is True):
        return True
    if not one or not other:
        return one or other
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: _merge(one.get(key), other.get(key)) for key in one | other}
    if isinstance(one, list) and isinstance(other, list):
        return [_merge(one[0], other[0])]
    return has_mark(one) or has_mark(other)


def has_mark(marks: Any) -> bool:
    """Return whether anything in a tree of marks is marked."""
    if isinstance(marks, dict):
        return any(map(has_mark, marks.values()))
    if isinstance(marks, list):
        return any(map(has_mark, marks))
    return marks is True


def _is_marked(value: Any, marks: Any) -> bool:
    """Return whether all of a value is to be hidden, also because its marks do not fit it."""
    if marks is True or value is None:
        return marks is True
    return has_mark(marks) and not isinstance(value, dict if isinstance(marks, dict) else list)


def _marked(value: Any, marks: Any) -> Iterator[str]:
    """Yield the texts below the marks."""
    if _is_marked(value, marks):
        yield from _texts(value)
    elif isinstance(value, dict) and isinstance(marks, dict):
        for key, each in value.items():
            yield from _marked(each, marks.get(key))
    elif isinstance(value, list) and isinstance(marks, list) and marks:
        for each in value:
            yield from _marked(each, marks[0])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
