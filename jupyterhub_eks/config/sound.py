"""The part of a deployment about which something can be said although another part is wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.document import KeyPath

_PROFILE: Final = re.compile(r"profiles\[(\d+)\]")
# Of a profile, what says nothing about where its servers start.
_BESIDE: Final = re.compile(
    r"profiles\[\d+\]\.(?:images|environment|volumes|groups|description|unlisted_image"
    r"|max_age_hours)\b"
)
_POOL: Final = re.compile(r"pools\.([^.\[]+)")
# Of these, one item says nothing about another.
APART: Final = frozenset({"pools", "profiles"})


def without_faulty(
    deployment: Deployment, wrong: Iterable[str], dropped: Collection[KeyPath]
) -> tuple[Deployment, list[KeyPath]] | None:
    """Return a deployment without its faulty pools, and the profiles to say nothing about.

    Faulty profiles stay, as the machines of a pool depend on what all its profiles ask for.

    Args:
        deployment: Both files, with defaults in place of what is wrong.
        wrong: Dotted paths of the errors.
        dropped: What was replaced by defaults.

    Returns:
        ``None`` if the pools or the profiles are wrong as a whole.
    """
    profiles: set[int] = set()
    pools: set[str] = set()
    for path in wrong:
        if _BESIDE.match(path):
            continue
        if found := _PROFILE.match(path):
            profiles.add(int(found[1]))
        elif found := _POOL.match(path):
            pools.add(found[1])
        elif path in {"", *APART}:
            return None
    file = deployment.profiles
    if any(len(path) < 2 and set(path) <= APART for path in dropped):
        return None
    if any("." in name or "[" in name for name in file.pools):
        return None  # a dotted path does not tell which pool is meant
    kept = {name: pool for name, pool in file.pools.items() if name not in pools}
    sound = deployment.model_copy(update={"profiles": file.model_copy(update={"pools": kept})})
    return sound, [("profiles", index) for index in sorted(profiles)]
