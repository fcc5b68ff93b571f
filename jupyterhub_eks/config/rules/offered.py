"""Which EC2 instance types are known, for warnings about names that nobody has heard of.

``instance_types.txt`` has a family and its sizes in each line: the types in the model of EC2's
API in botocore 1.43 together with those that Karpenter 1.14.1 knows. AWS adds types every few
weeks, so a name that is not here is a reason to look again, and no error.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.suggest import closest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FILE: Final = Path(__file__).with_name("instance_types.txt")
_NEWER: Final = "if it is newer than this release, leave it"
_KIND: Final = re.compile(r"[a-z]+")
_GENERATION: Final = re.compile(r"[a-z]+-?\d")
_MULTIPLE: Final = re.compile(r"(\d*)xlarge")


@cache
def offered() -> Mapping[str, tuple[str, ...]]:
    """Return the sizes of each known family."""
    lines = (line.split() for line in FILE.read_text(encoding="utf-8").splitlines())
    return {family: tuple(sizes) for family, *sizes in lines}


def doubt(name: str) -> tuple[str, str] | None:
    """Return message and hint for a well-formed family or type that is not known, else None."""
    family, _, size = name.partition(".")
    sizes = offered().get(family)
    if sizes is None:
        meant = _family_meant(family)
        if meant is None:
            return f"no instance family `{family}` is known", _NEWER
        suggestion = f"{meant}.{_size_meant(size, offered()[meant])}" if size else meant
        return (
            f"no instance family `{family}` is known",
            f"did you mean `{suggestion}`? {_NEWER[0].upper()}{_NEWER[1:]}",
        )
    if size and size not in sizes:
        message = f"no instance type `{name}` is known; `{family}` has {', '.join(sizes)}"
        return (
            message,
            f"did you mean `{family}.{_size_meant(size, sizes)}`? {_NEWER[0].upper()}{_NEWER[1:]}",
        )
    return None


def doubt_of_size(size: str, families: Iterable[str]) -> tuple[str, str] | None:
    """Return message and hint for a size that none of some families has, else None.

    Nothing is concluded where one of them is not known.
    """
    known = [offered().get(family, ()) for family in families]
    every = tuple(dict.fromkeys(each for sizes in known for each in sizes))
    if not known or not all(known) or size in every:
        return None
    where = ", ".join(f"`{family}`" for family in families)
    message = f"no machine of {where} is known with the size `{size}`"
    return message, f"did you mean `{_size_meant(size, every)}`? {_NEWER[0].upper()}{_NEWER[1:]}"


def _family_meant(family: str) -> str | None:
    """Return the known family nearest to ``family``, one of its kind and generation before all."""
    known = list(offered())
    for begin in (_GENERATION, _KIND):
        found = begin.match(family)
        alike = [name for name in known if found and name.startswith(found[0])]
        if meant := closest(family, alike):
            return meant
    return closest(family, known)


def _size_meant(size: str, sizes: Iterable[str]) -> str:
    """Return the nearest of some sizes: the next multiple of ``xlarge``, or the nearest name."""
    known = list(sizes)
    wanted = _MULTIPLE.fullmatch(size)
    multiples = {name: found for name in known if (found := _MULTIPLE.fullmatch(name))}
    if wanted and multiples:
        number = int(wanted[1] or 1)
        return min(multiples, key=lambda name: abs(int(multiples[name][1] or 1) - number))
    return closest(size, known) or known[0]
