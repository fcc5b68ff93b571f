"""Find the key of ``hub_values`` from which a chart took a part of an object. Pure.

Charts say nothing of where a value goes. Most of what is wrong was carried over as it
was written, so the same content under the same keys is looked for. Where it stands in
several places alike, none is named: a wrong place is worse than none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.releases.schema_faults import Fault, ValuePath


def origin_of(values: Mapping[str, Any], manifest: Any, fault: Fault) -> ValuePath | None:
    """Return the path in ``values`` of what a fault is about, or ``None`` if it is not clear.

    Args:
        values: What the user gives to the chart.
        manifest: The object.
        fault: What is wrong with it.
    """
    # What is missing was written nowhere; what it is missing in may have been.
    place = fault.path[:-1] if fault.whole and fault.at_key else fault.path
    if not place:
        return None
    content = _at(manifest, place)
    if content is None or content in ({}, []):
        return None
    found: dict[int, list[ValuePath]] = {}
    wanted = _text(content)
    for path, value in _parts(values, ()):
        if _alike(path[-1], place[-1]) and _text(value) == wanted:
            found.setdefault(_common(path, place), []).append(path)
    # Of a bare element of a list, any list may have the like.
    needed = 2 if isinstance(place[-1], int) and not isinstance(content, (dict, list)) else 1
    most = max(found, default=0)
    return found[most][0] if most >= needed and len(found[most]) == 1 else None


def _text(value: Any) -> str:
    # In Python, though not in JSON, 1 and true are equal.
    return json.dumps(value, sort_keys=True, default=str)


def _at(tree: Any, path: ValuePath) -> Any:
    for key in path:
        tree = tree[key]
    return tree


def _parts(value: Any, path: ValuePath) -> Iterator[tuple[ValuePath, Any]]:
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, inner in pairs:
        yield (*path, key), inner
        yield from _parts(inner, (*path, key))


def _common(one: ValuePath, other: ValuePath) -> int:
    """Return how many keys two paths have in common at their ends."""
    count = 0
    for left, right in zip(reversed(one), reversed(other), strict=False):
        if not _alike(left, right):
            break
        count += 1
    return count


def _alike(one: str | int, other: str | int) -> bool:
    # A chart puts its own elements before or after those it is given.
    return one == other or (isinstance(one, int) and isinstance(other, int))
