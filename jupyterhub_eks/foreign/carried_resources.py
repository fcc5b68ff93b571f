"""Resources of an imported server that profiles of ours have no key for. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.config.document import MapNode, Scalar
from jupyterhub_eks.foreign import extended

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.document import Node
    from jupyterhub_eks.foreign.wishes import Wish


def more_resources(wish: Wish, settings: Mapping[str, Node]) -> dict[str, dict[str, str]]:
    """Return them as settings of KubeSpawner; nothing where there are none.

    Args:
        wish: What the server's own container asks for.
        settings: KubeSpawner's settings for it.
    """
    guarantees = {name: str(count) for name, count in wish.others if not _is_typed(name)}
    limits = dict(guarantees)
    if wish.amounts.disk:
        guarantees[extended.DISK] = str(wish.amounts.disk)
        given = _limit_of_disk(settings)
        limits |= {extended.DISK: given} if given else {}
    if not guarantees:
        return {}
    found: dict[str, Any] = {"extra_resource_guarantees": guarantees}
    return found | ({"extra_resource_limits": limits} if limits else {})


def _is_typed(name: str) -> bool:
    """Whether a resource becomes ``gpu`` or ``neuron`` of a profile."""
    parts = (extended.SHARED_GPU, extended.NEURON_CORE)
    return name.startswith(extended.MIG_PREFIX) or name in parts


def _limit_of_disk(settings: Mapping[str, Node]) -> str:
    limits = settings.get("extra_resource_limits")
    entry = limits.entries.get(extended.DISK) if isinstance(limits, MapNode) else None
    return entry.value.text if entry and isinstance(entry.value, Scalar) else ""
