"""Compare versions as Kubernetes, EKS, Helm and image makers write them."""

from __future__ import annotations

import re
from itertools import zip_longest


def minor_of(version: str) -> str:
    """Return the minor version, e.g. ``1.36`` of ``v1.36.2-eksbuild.1``; empty: there is none."""
    found = re.match(r"v?(\d+\.\d+)", version)
    return found.group(1) if found else ""


def is_older(version: str, other: str) -> bool:
    """Return whether ``version`` comes before ``other``; missing numbers count as 0."""
    for one, two in zip_longest(_numbers(version), _numbers(other), fillvalue=0):
        if one != two:
            return one < two
    return False


def hops(start: str, end: str) -> tuple[str, ...]:
    """Return the minor versions after ``start`` up to ``end``; none if ``end`` is not newer.

    EKS moves a control plane by one minor at a time (EKS user guide, "Update existing
    cluster to new Kubernetes version").

    Raises:
        ValueError: They are of different major versions.
    """
    (major, first), (other, last) = _pair(start), _pair(end)
    if major != other:
        raise ValueError(f"no way from {start} to {end} by minor versions")
    return tuple(f"{major}.{minor}" for minor in range(first + 1, last + 1))


def _numbers(version: str) -> list[int]:
    return [int(text) for text in re.findall(r"\d+", version)]


def _pair(version: str) -> tuple[int, int]:
    major, minor = minor_of(version).split(".")
    return int(major), int(minor)
