"""Warnings about instance families and types that nobody has heard of.

AWS adds types every few weeks, so a name that the catalog of ``instances`` does not know is a
reason to look again, and no error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.instances.names import nearest_family, nearest_size

if TYPE_CHECKING:
    from collections.abc import Iterable

_NEWER: Final = "if it is newer than this release, leave it"


def has_known_family(name: str) -> bool:
    """Whether the family of a well-formed family or type is known, and so what it is."""
    return name.partition(".")[0] in catalog().sizes


def doubt(name: str) -> tuple[str, str] | None:
    """Return message and hint for a well-formed family or type that is not known, else None."""
    family, _, size = name.partition(".")
    known = catalog().sizes
    sizes = known.get(family)
    if sizes is None:
        meant = nearest_family(family, known)
        if meant is None:
            return f"no instance family `{family}` is known", _NEWER
        suggestion = f"{meant}.{nearest_size(size, known[meant])}" if size else meant
        return (
            f"no instance family `{family}` is known",
            f"did you mean `{suggestion}`? {_NEWER[0].upper()}{_NEWER[1:]}",
        )
    if size and size not in sizes:
        message = f"no instance type `{name}` is known; `{family}` has {', '.join(sizes)}"
        return (
            message,
            f"did you mean `{family}.{nearest_size(size, sizes)}`? {_NEWER[0].upper()}{_NEWER[1:]}",
        )
    return None


def doubt_of_size(size: str, families: Iterable[str]) -> tuple[str, str] | None:
    """Return message and hint for a size that none of some families has, else None.

    Nothing is concluded where one of them is not known.
    """
    known = [catalog().sizes.get(family, ()) for family in families]
    every = tuple(dict.fromkeys(each for sizes in known for each in sizes))
    if not known or not all(known) or size in every:
        return None
    where = ", ".join(f"`{family}`" for family in families)
    message = f"no machine of {where} is known with the size `{size}`"
    return message, f"did you mean `{nearest_size(size, every)}`? {_NEWER[0].upper()}{_NEWER[1:]}"
