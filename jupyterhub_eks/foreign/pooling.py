"""The pools of an imported list: made once, and shared by servers that may have the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.document import problem_at
from jupyterhub_eks.config.forms import slug
from jupyterhub_eks.config.pools import PoolConfig
from jupyterhub_eks.foreign import devices, own_parts, pool_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.foreign.machines import Machines
    from jupyterhub_eks.foreign.narrowing import Narrower
    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.foreign.wishes import Wish
    from jupyterhub_eks.problems import Problem

_POOL_NAME: Final = 40


@dataclass(frozen=True, kw_only=True)
class Need:
    """What a server needs of its pool.

    Attributes:
        wish: What it asks for.
        machines: Machines that it gets.
        allowed: Types that it may have; None: any.
        given: The node pool that they come of; None: there is none.
        sharing: How GPUs are shared.
        asked: Most devices of one kind that it asks for.
        is_dedicated: Whether it has a machine to itself.
    """

    wish: Wish
    machines: Machines
    allowed: frozenset[str] | None
    given: NodePool | None
    sharing: Mapping[str, Any]
    asked: int
    is_dedicated: bool = False


@dataclass
class _Made:
    config: PoolConfig
    allowed: frozenset[str] | None
    asked: int
    given: NodePool | None = field(default=None)


class Pools:
    """Collects pools, and what of node pools has no place in them.

    Args:
        narrower: Knows which machines a pool starts.
        region: Where servers are to start; empty: any region.
    """

    def __init__(self, narrower: Narrower, region: str) -> None:
        self._narrower, self._region = narrower, region
        self._made: dict[str, _Made] = {}
        self._configs: dict[Any, tuple[PoolConfig, tuple[str, ...]]] = {}
        self.losses: list[Problem] = []

    @property
    def configs(self) -> dict[str, PoolConfig]:
        """The pools by name."""
        return {name: made.config for name, made in self._made.items()}

    def name_of(self, need: Need) -> tuple[str, tuple[str, ...]]:
        """Return the pool of a server, which is made if there is none, and zones it has not."""
        key = need.given.name if need.given else None, need.wish.selection, need.machines
        also = tuple(sorted(need.sharing.items())), need.is_dedicated
        if (key, also) not in self._configs:  # with what is lost: that is said once
            self._configs[key, also] = self._config(need)
        config, lost = self._configs[key, also]
        for name, made in self._made.items():
            if made.config == config and self._may_share(made, need):
                made.asked = max(made.asked, need.asked)
                made.allowed = _both(made.allowed, need.allowed)
                return name, lost
        name = self._free_name(need)
        self._made[name] = _Made(config, need.allowed, need.asked, need.given)
        if need.given:
            self.losses += own_parts.lost_settings(need.given, config)
        return name, lost

    def remarks(self, used: Mapping[str, PoolConfig]) -> Iterator[Problem]:
        """Yield that limits of a node pool hold for several; for the pools that are used."""
        several: dict[str, list[str]] = {}
        places = {}
        for name, made in self._made.items():
            if name in used and made.given and made.config.max:
                several.setdefault(made.given.name, []).append(name)
                places[made.given.name] = made.given.place
        for given, names in several.items():
            if len(names) > 1:
                listed = ", ".join(f"`{name}`" for name in names)
                yield problem_at(
                    places[given],
                    "spec.limits",
                    f"the node pool `{given}` becomes {listed}, and its limits hold for each of "
                    "them, not for all together",
                    "write smaller ones in `max`",
                    "warning",
                )

    def _may_share(self, made: _Made, need: Need) -> bool:
        """Whether a pool starts nothing that one of its servers may not have."""
        allowed = _both(made.allowed, need.allowed)
        asked = max(made.asked, need.asked)
        return allowed is None or self._narrower.started(made.config, asked) <= allowed

    def _config(self, need: Need) -> tuple[PoolConfig, tuple[str, ...]]:
        given, machines = need.given, need.machines
        wanted = pool_parts.demands(need.wish, given)
        zones, lost = own_parts.zones(wanted, self._region)
        parts: dict[str, Any] = {}
        if given:
            slices = devices.slices_of(need.sharing, machines.instances)
            most, lost_limits = pool_parts.limits(given, slices)
            labels, lost_labels = own_parts.own_labels(given)
            taints, lost_taints = own_parts.own_taints(given, machines.instances)
            self.losses += [*lost_limits, *lost_labels, *lost_taints]
            self.losses += pool_parts.lost_requirements(given)
            life = own_parts.lifetime(given)
            parts = {"max": most, "labels": labels, "taints": taints, "lifetime": life}
        config = PoolConfig.model_validate(
            {
                "instances": machines.instances,
                "sizes": machines.sizes,
                "zones": zones,
                "capacity": pool_parts.capacity(wanted),
                "gpu": dict(need.sharing),
                "dedicated": need.is_dedicated,
                **pool_parts.disk(given),
                **parts,
            }
        )
        return config, lost

    def _free_name(self, need: Need) -> str:
        title = pool_parts.title(need.wish, need.machines, need.sharing)
        wanted = slug(need.given.name if need.given else title, _POOL_NAME, "pool")
        name, number = wanted, 1
        while name in self._made:
            number += 1
            name = f"{wanted[: _POOL_NAME - 4]}-{number}"
        return name


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other
