"""Whether a server of a foreign profile can start, and what it is held against. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from jupyterhub_eks.foreign.rooms import fits, users_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterhub_eks.foreign.node_pools import NodePool, Overlay
    from jupyterhub_eks.foreign.nodes import Node
    from jupyterhub_eks.foreign.plugins import DevicePlugin
    from jupyterhub_eks.foreign.wishes import Wish
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.instances.model import InstanceType

Status = Literal["starts", "never", "open"]


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A machine that holds a server.

    Attributes:
        machine: Its type.
        users: Servers of this kind that an empty node holds.
        pool: Name of the pool that starts it; empty where no pools are known.
    """

    machine: InstanceType
    users: int
    pool: str


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is known of the cluster.

    Attributes:
        catalog: What is known of EC2's machines.
        pools: Its node pools; empty: nothing is known of them.
        plugin: How GPUs are shared; None: not at all, as far as is known.
        overlays: What Karpenter is told beyond what EC2 says.
        region: AWS region; empty: any.
    """

    catalog: Catalog
    pools: tuple[NodePool, ...] = ()
    plugin: DevicePlugin | None = None
    overlays: tuple[Overlay, ...] = ()
    region: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether a server can start.

    Attributes:
        status: ``open``: too little is known, or some of it only when the hub runs.
        reasons: Why not, with the amounts that are missing; nearest obstacle of each pool.
        found: Pools in which it starts, with the machines that meet its demands on a node; not
            all of them have room for it.
        hint: What to change where it never starts.
    """

    status: Status
    reasons: tuple[str, ...] = ()
    wish: Wish | None = field(default=None, repr=False)
    found: tuple[tuple[NodePool, Sequence[Node]], ...] = field(default=(), repr=False)
    hint: str = ""

    @cached_property
    def machines(self) -> tuple[Fit, ...]:
        """Machines that hold a server, pool by pool, the smallest first."""
        wish = self.wish
        if wish is None:
            return ()
        return tuple(
            Fit(machine=node.machine, users=users_of(node, wish), pool=pool.name)
            for pool, every in self.found
            for node in every
            if fits(node, wish)
        )

    @property
    def pools(self) -> tuple[str, ...]:
        """Names of the pools in which it starts."""
        return tuple(pool.name for pool, _ in self.found if pool.name)
