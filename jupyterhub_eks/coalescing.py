"""The rule by which Helm lays given values over those of a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def coalesce(defaults: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that a chart sees, as Helm makes them of its own and those given.

    Mappings merge, everything else is replaced, and ``None`` takes a default away. One that has
    no default to take away stays, and the chart sees it.
    """
    merged = dict(defaults)
    for key, value in given.items():
        below = merged.get(key)
        if value is None and key in defaults:
            del merged[key]
        elif isinstance(below, dict) and isinstance(value, dict):
            merged[key] = coalesce(below, value)
        else:
            merged[key] = value
    return merged
