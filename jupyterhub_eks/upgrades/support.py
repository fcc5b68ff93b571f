"""Judge support by dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.upgrades.model import STATES
from jupyterhub_eks.upgrades.numbers import minor_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from jupyterhub_eks.upgrades.model import State
    from jupyterhub_eks.versions import Support

# How long before its end support is spoken of.
WARNING_DAYS: Final = 90


def support_state(ends: date | None, today: date) -> State:
    """Return ``ended``, ``ending`` within 90 days, or ``current``, also without a date."""
    if ends is None:
        return "current"
    if today > ends:
        return "ended"
    return "ending" if (ends - today).days <= WARNING_DAYS else "current"


def end_of_minor(support: Support, version: str) -> date | None:
    """Return the last day of support of a version by its minor; None: it is not listed."""
    return support.minors.get(minor_of(version))


def worst(states: Iterable[State]) -> State:
    """Return the worst of the states; ``current`` if there are none."""
    return min(states, key=STATES.index, default="current")
