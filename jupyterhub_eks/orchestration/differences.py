"""Compare two masked values and say where they differ, as deep as they go.

A plan does not tell lists from sets. Both are compared by content: equal elements stay
out, elements that are the same thing changed are compared with each other, and the
rest came or went.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from jupyterhub_eks.orchestration.alignment import align
from jupyterhub_eks.orchestration.masking import Document, Gap, is_empty, same

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["changed", "added", "removed", "reordered", "reformatted"]
Key = str | int
_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One difference; ``before`` and ``after`` are masked values or :class:`Gap`."""

    path: tuple[Key, ...]
    name: str
    kind: Kind
    before: Any
    after: Any
    forces: bool


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a comparison is.

    Attributes:
        path: Keys and positions from the resource; of what was removed the former position.
        name: The same for people.
        replace: Rest of each ``replace_paths`` that leads through here; not empty: what
            differs here forces a replacement.
        strict: Inside a document, where an empty value is not the same as none.
    """

    path: tuple[Key, ...] = ()
    name: str = ""
    replace: tuple[tuple[Key, ...], ...] = ()
    strict: bool = False

    def at(self, key: str) -> Place:
        """Return the place of a key."""
        told = f".{key}" if _PLAIN_KEY.fullmatch(key) else f"[{json.dumps(key)}]"
        return Place(
            path=(*self.path, key),
            name=f"{self.name}{told}".removeprefix("."),
            replace=self._narrowed({key}),
            strict=self.strict,
        )

    def element(self, index: int, *others: int, told: bool = True) -> Place:
        """Return the place of an element, which on the other side may have another position."""
        return Place(
            path=(*self.path, index),
            name=f"{self.name}[{index}]" if told else self.name,
            replace=self._narrowed({index, *others}),
            strict=self.strict,
        )

    def document(self) -> Place:
        """Return the place of a document's content."""
        # Terraform knows nothing of the inside: all of it is what the path names.
        replace = ((),) if self.replace else ()
        return Place(path=self.path, name=self.name, replace=replace, strict=True)

    def difference(self, kind: Kind, before: Any, after: Any) -> Difference:
        """Return a difference at this place."""
        return Difference(
            path=self.path,
            name=self.name,
            kind=kind,
            before=before,
            after=after,
            forces=bool(self.replace),
        )

    def _narrowed(self, keys: set[Any]) -> tuple[tuple[Key, ...], ...]:
        return tuple(rest[1:] for rest in self.replace if not rest or rest[0] in keys)


def differences(before: Any, after: Any, place: Place) -> Iterator[Difference]:
    """Yield where two masked values differ, in the order of the later one."""
    if same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*after, *(key for key in before if key not in after)]:
            one, other = before.get(key, Gap.ABSENT), after.get(key, Gap.ABSENT)
            if not _is_noise(one, other, place.at(key)):
                yield from differences(one, other, place.at(key))
    elif isinstance(before, list) and isinstance(after, list):
        flat = not any(isinstance(each, (dict, list, Document)) for each in [*before, *after])
        yield from (_scalars if flat else _blocks)(before, after, place)
    elif isinstance(before, Document) and isinstance(after, Document):
        inside = list(differences(before.tree, after.tree, place.document()))
        yield from inside or [place.difference("reformatted", before, after)]
    else:
        yield place.difference(_kind(before, after), before, after)


def _kind(before: Any, after: Any) -> Kind:
    if before is Gap.ABSENT:
        return "added"
    return "removed" if after is Gap.ABSENT else "changed"


def _is_noise(before: Any, after: Any, place: Place) -> bool:
    """Return whether Terraform means the same by both: null, and a text or list without content.

    A key that is absent is an entry of a map that is not there, which is a difference.
    """
    return not (place.strict or place.replace) and is_empty(before) and is_empty(after)


def _scalars(before: list[Any], after: list[Any], place: Place) -> Iterator[Difference]:
    """Compare texts and numbers: what came, what went, and whether the rest changed places."""
    added, stayed = _without(list(enumerate(after)), before)
    removed, stood = _without(list(enumerate(before)), after)
    for index, each in removed:
        yield place.element(index, told=False).difference("removed", each, Gap.ABSENT)
    for index, each in added:
        yield place.element(index, told=False).difference("added", Gap.ABSENT, each)
    if not same([each for _, each in stood], [each for _, each in stayed]):
        yield place.difference("reordered", before, after)


def _without(
    numbered: list[tuple[int, Any]], others: list[Any]
) -> tuple[list[tuple[int, Any]], list[tuple[int, Any]]]:
    """Return the elements that ``others`` lacks, each counted once, and those it has."""
    rest = list(others)
    lacking: list[tuple[int, Any]] = []
    shared: list[tuple[int, Any]] = []
    for index, each in numbered:
        found = next((at for at, other in enumerate(rest) if same(each, other)), None)
        if found is None:
            lacking.append((index, each))
        else:
            del rest[found]
            shared.append((index, each))
    return lacking, shared


def _blocks(before: list[Any], after: list[Any], place: Place) -> Iterator[Difference]:
    """Compare blocks, each with the one it was before."""
    pairs = align(before, after)
    # A block within a block that stands alone can hardly be one of several.
    nested = any(isinstance(key, int) for key in place.path)
    told = place.strict or not nested or max(len(before), len(after)) > 1
    found: list[Difference] = []
    for old, new in sorted(pairs.items(), key=lambda pair: pair[1]):
        found += differences(before[old], after[new], place.element(new, old, told=told))
    for index in sorted(set(range(len(before))) - pairs.keys()):
        found.append(place.element(index).difference("removed", before[index], Gap.ABSENT))
    for index in sorted(set(range(len(after))) - set(pairs.values())):
        found.append(place.element(index).difference("added", Gap.ABSENT, after[index]))
    yield from found
    order = [new for _, new in sorted(pairs.items())]
    # Outside a document it may be a set, whose order moves with its content.
    if order != sorted(order) and (place.strict or not found):
        yield place.difference("reordered", before, after)
