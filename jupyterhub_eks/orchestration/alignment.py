"""Find out which block of one list was which block of another."""

from __future__ import annotations

from typing import Any, Final

from jupyterhub_eks.orchestration.masking import Document, is_empty, same

# Names by which AWS and its provider tell blocks of one kind apart.
_IDENTITIES: Final = (
    *("Sid", "Id", "Name", "name", "id", "key", "rule_name", "rule_id", "sid"),
    *("device_name", "rule_number", "priority", "alias"),
)
_ENOUGH: Final = 0.5


def align(before: list[Any], after: list[Any]) -> dict[int, int]:
    """Return the position in ``after`` of each element of ``before`` that is still there.

    First what is equal, then what bears the same name, then what has most in common.
    """
    shared = range(min(len(before), len(after)))
    pairs = {at: at for at in shared if same(before[at], after[at])}
    _pair_equal(before, after, pairs)
    _pair_by_name(before, after, pairs)
    _pair_alike(before, after, pairs)
    return pairs


def _free(
    before: list[Any], after: list[Any], pairs: dict[int, int]
) -> tuple[list[int], list[int]]:
    taken = set(pairs.values())
    return (
        [at for at in range(len(before)) if at not in pairs],
        [at for at in range(len(after)) if at not in taken],
    )


def _pair_equal(before: list[Any], after: list[Any], pairs: dict[int, int]) -> None:
    olds, news = _free(before, after, pairs)
    for old in olds:
        new = next((at for at in news if same(before[old], after[at])), None)
        if new is not None:
            pairs[old] = new
            news.remove(new)


def _pair_by_name(before: list[Any], after: list[Any], pairs: dict[int, int]) -> None:
    for key in _IDENTITIES:
        olds, news = _free(before, after, pairs)
        named_old, named_new = _by_name(before, olds, key), _by_name(after, news, key)
        for name in named_old.keys() & named_new.keys():
            pairs[named_old[name]] = named_new[name]


def _by_name(elements: list[Any], free: list[int], key: str) -> dict[str | int, int]:
    """Return the free elements by their name; names that several bear tell nothing."""
    found: dict[str | int, list[int]] = {}
    for at in free:
        name = elements[at].get(key) if isinstance(elements[at], dict) else None
        if isinstance(name, (str, int)) and not isinstance(name, bool) and name != "":
            found.setdefault(name, []).append(at)
    return {name: places[0] for name, places in found.items() if len(places) == 1}


def _pair_alike(before: list[Any], after: list[Any], pairs: dict[int, int]) -> None:
    olds, news = _free(before, after, pairs)
    if len(olds) == len(news) == 1 and len(before) == len(after):
        if type(before[olds[0]]) is type(after[news[0]]):
            pairs[olds[0]] = news[0]
        return
    scores = sorted(
        (
            (_likeness(before[old], after[new]), -abs(old - new), old, new)
            for old in olds
            for new in news
        ),
        reverse=True,
    )
    taken: set[int] = set()
    for score, _, old, new in scores:
        if score >= _ENOUGH and old not in pairs and new not in taken:
            pairs[old] = new
            taken.add(new)


def _likeness(one: Any, other: Any) -> float:
    """Return from 0 to 1 how much of two values is the same; what is not set does not count."""
    if isinstance(one, Document) and isinstance(other, Document):
        return _likeness(one.tree, other.tree)
    if isinstance(one, dict) and isinstance(other, dict):
        keys = [
            key for key in one | other if not (is_empty(one.get(key)) and is_empty(other.get(key)))
        ]
        shared = sum(_likeness(one[key], other[key]) for key in keys if key in one and key in other)
        return shared / len(keys) if keys else 1.0
    if isinstance(one, list) and isinstance(other, list):
        shared = sum(1 for each in one if any(same(each, every) for every in other))
        return shared / max(len(one), len(other), 1)
    return float(same(one, other))
