"""What becomes of servers with GPUs where a device plugin shares them, or stays away. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.foreign.plugins import Sharing
    from jupyterhub_eks.foreign.verdicts import Fit, Surroundings, Verdict
    from jupyterhub_eks.foreign.wishes import Wish


@dataclass(frozen=True, kw_only=True)
class PoolFault:
    """What is wrong with the GPUs of a pool for a server that Karpenter starts a node for.

    Attributes:
        why: ``absent``: no device plugin runs there, so no GPU is ever offered. ``refused``: the
            plugin gives one slice only, so the server fails. ``shared``: it gets slices, not GPUs.
        pool: Name of the pool.
        missing: Labels that the plugin selects and the pool lacks.
        sharing: How GPUs are shared there.
        largest: The machine with the most GPUs that holds the server.
    """

    why: Literal["absent", "refused", "shared"]
    pool: str
    missing: tuple[str, ...] = ()
    sharing: Sharing
    largest: Fit

    @property
    def is_fatal(self) -> bool:
        """Whether the server never starts in the pool."""
        return self.why != "shared"


def pool_faults(wish: Wish, verdict: Verdict, known: Surroundings) -> Iterator[PoolFault]:
    """Yield what is wrong with the GPUs of each pool in which a server would start.

    Args:
        wish: What the server asks for.
        verdict: Where it starts, as far as Karpenter can tell.
        known: What is known of the cluster.
    """
    plugin = known.plugin
    if plugin is None or not wish.amounts.gpu:
        return
    for pool in (each for each in known.pools if each.name in verdict.pools):
        sharing = plugin.sharing(pool.labels)
        largest = max(
            (each for each in verdict.machines if each.pool == pool.name),
            key=lambda each: each.machine.gpu_count,
        )
        if not plugin.runs_on(pool.labels):
            missing = tuple(f"`{key}: {value}`" for key, value in plugin.selector.items())
            yield PoolFault(
                why="absent", pool=pool.name, missing=missing, sharing=sharing, largest=largest
            )
        elif sharing.replicas > 1 and wish.amounts.gpu > 1:
            why: Literal["refused", "shared"] = "refused" if sharing.refuses_more else "shared"
            yield PoolFault(why=why, pool=pool.name, sharing=sharing, largest=largest)
