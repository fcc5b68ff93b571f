"""Order of stacks by what they depend on; pure."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def order(depends_on: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the names, each after those it depends on; otherwise alphabetically.

    Dependencies on names that are not among the keys are passed over: a stack may
    depend on one that is not part of this run.

    Raises:
        ValueError: The stacks depend on each other in a circle, which only a wrong
            composition of stacks can do.
    """
    known = {name: sorted(set(needs) & set(depends_on)) for name, needs in depends_on.items()}
    sorter = TopologicalSorter(known)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise ValueError(f"stacks depend on each other in a circle: {circle}") from error
    ready: list[str] = []
    result: list[str] = []
    while sorter.is_active():
        ready = sorted((*ready, *sorter.get_ready()))
        result.append(ready.pop(0))
        sorter.done(result[-1])
    return tuple(result)


def reverse(depends_on: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Return who depends on each name: the dependencies of a destroy."""
    return {
        name: tuple(sorted(other for other, needs in depends_on.items() if name in needs))
        for name in depends_on
    }
