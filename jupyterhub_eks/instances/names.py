"""Names of EC2 instance types: their order, their parts, and what a wrong one was meant to be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.suggest import closest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAME: Final = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+")
# Also what may become a file name.
REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d+")
# A zone of the region itself: not a local zone (`usw2-lax1-az1`), not a wavelength zone.
ZONE_ID: Final = re.compile(r"[a-z]+\d+-az\d+")

_KIND: Final = re.compile(r"[a-z]+")
_GENERATION: Final = re.compile(r"[a-z]+-?\d")
_MULTIPLE: Final = re.compile(r"(\d*)xlarge")
_NUMBER: Final = re.compile(r"\d+")
_SMALL: Final = ("nano", "micro", "small", "medium", "large")


def type_key(name: str) -> tuple[str, int, int, str]:
    """Return by what types are sorted: family, then size."""
    family, _, size = name.partition(".")
    return (family, *size_key(size))


def size_key(size: str) -> tuple[int, int, str]:
    """Return by what sizes are sorted: ``nano`` … ``large``, ``xlarge``, ``2xlarge`` …, metal."""
    if size in _SMALL:
        return 0, _SMALL.index(size), size
    if multiple := _MULTIPLE.fullmatch(size):
        return 1, int(multiple[1] or 1), size
    number = _NUMBER.search(size)
    return 2, int(number[0]) if number else 0, size


def by_family(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the sizes of each family, both sorted."""
    found: dict[str, list[str]] = {}
    for name in sorted(names, key=type_key):
        family, _, size = name.partition(".")
        found.setdefault(family, []).append(size)
    return {family: tuple(sizes) for family, sizes in found.items()}


def nearest(name: str, families: Mapping[str, tuple[str, ...]]) -> str | None:
    """Return the known family or type that a family or type was probably meant to be.

    Args:
        name: Family, or family and size; perhaps a known one.
        families: Sizes of each known family.
    """
    family, _, size = name.strip().lower().partition(".")
    meant = family if family in families else nearest_family(family, families)
    if meant is None or not size:
        return meant
    return f"{meant}.{nearest_size(size, families[meant])}"


def nearest_family(family: str, known: Iterable[str]) -> str | None:
    """Return the known family nearest to ``family``, one of its kind and generation before all."""
    every = list(known)
    for begin in (_GENERATION, _KIND):
        found = begin.match(family)
        alike = [name for name in every if found and name.startswith(found[0])]
        if meant := closest(family, alike):
            return meant
    return closest(family, every)


def nearest_size(size: str, sizes: Iterable[str]) -> str:
    """Return the nearest of some sizes: the next multiple of ``xlarge``, or the nearest name."""
    known = list(sizes)
    if size in known:
        return size
    wanted = _MULTIPLE.fullmatch(size)
    multiples = {name: found for name in known if (found := _MULTIPLE.fullmatch(name))}
    if wanted and multiples:
        number = int(wanted[1] or 1)
        return min(multiples, key=lambda name: abs(int(multiples[name][1] or 1) - number))
    return closest(size, known) or known[0]
