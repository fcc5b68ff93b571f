"""Compare two documents in which order matters, such as Helm values. Pure.

Unlike ``differences``, which cannot tell Terraform's sets from lists, this finds an exact
way from one document to the other: of each list first the elements that go, by their
former position, then those that come and those that change, by their new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.orchestration.masking import Gap, same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.orchestration.differences import Difference, Kind, Place

# Keys by which Kubernetes and JupyterHub tell the elements of a list apart.
_IDENTITIES: Final = ("name", "slug", "display_name", "key", "id", "mountPath", "containerPort")


def ordered_differences(before: Any, after: Any, place: Place) -> Iterator[Difference]:
    """Yield what leads from one document to the other, in the order of the later one."""
    if same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*after, *(key for key in before if key not in after)]:
            yield from ordered_differences(
                before.get(key, Gap.ABSENT), after.get(key, Gap.ABSENT), place.at(key)
            )
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(before, after, place)
    else:
        yield place.difference(_kind(before, after), before, after)


def _kind(before: Any, after: Any) -> Kind:
    if before is Gap.ABSENT:
        return "added"
    return "removed" if after is Gap.ABSENT else "changed"


def _lists(before: list[Any], after: list[Any], place: Place) -> Iterator[Difference]:
    if _is_permutation(before, after):
        yield place.difference("reordered", before, after)
        return
    pairs = dict(_pairs(before, after))
    for old, each in enumerate(before):
        if old not in pairs:
            yield place.element(old).difference("removed", each, Gap.ABSENT)
    former = {new: old for old, new in pairs.items()}
    for new, each in enumerate(after):
        if new in former:
            yield from ordered_differences(before[former[new]], each, place.element(new))
        else:
            yield place.element(new).difference("added", Gap.ABSENT, each)


def _is_permutation(before: list[Any], after: list[Any]) -> bool:
    if len(before) != len(after):
        return False
    rest = [_Token(each) for each in before]
    for each in map(_Token, after):
        if each not in rest:
            return False
        rest.remove(each)
    return True


def _pairs(before: list[Any], after: list[Any]) -> Iterator[tuple[int, int]]:
    """Yield which element is which, both positions growing."""
    key = _identity(before, after)
    olds, news = ([_Token(each[key] if key else each) for each in side] for side in (before, after))
    matcher = SequenceMatcher(None, olds, news, autojunk=False)
    for what, old, old_end, new, new_end in matcher.get_opcodes():
        # What has no name and stands in the same gap is the same thing changed.
        changed = what == "replace" and not key and old_end - old == new_end - new
        if what == "equal" or changed:
            yield from zip(range(old, old_end), range(new, new_end), strict=True)


def _identity(before: list[Any], after: list[Any]) -> str:
    """Return the key that names every element of both lists, each but once; empty: none."""
    for key in _IDENTITIES:
        if all(_names(side, key) for side in (before, after)):
            return key
    return ""


def _names(elements: list[Any], key: str) -> bool:
    names = [each.get(key) if isinstance(each, dict) else None for each in elements]
    named = all(isinstance(name, (str, int)) for name in names)
    return bool(names) and named and len(set(map(str, names))) == len(names)


@dataclass(frozen=True, eq=False)
class _Token:
    """A value that can be looked up, equal by what it is in JSON."""

    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Token) and same(self.value, other.value)

    def __hash__(self) -> int:
        if isinstance(self.value, (str, int, float)):
            return hash(self.value)
        return len(self.value) if isinstance(self.value, (dict, list)) else 0
