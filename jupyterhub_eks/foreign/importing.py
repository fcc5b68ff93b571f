"""Turn a profile list that others wrote into our ``profiles.yaml``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.document import dotted, problem_at
from jupyterhub_eks.config.forms import slug
from jupyterhub_eks.config.pools import PoolConfig
from jupyterhub_eks.config.profiles import ProfileConfig, ProfilesFile
from jupyterhub_eks.config.rules.mig import mig_gpu
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.foreign import carrying, extended, pool_parts
from jupyterhub_eks.foreign.checking import check
from jupyterhub_eks.foreign.machines import Chooser, named
from jupyterhub_eks.foreign.placing import Placer, Surroundings
from jupyterhub_eks.foreign.plugins import device_plugin
from jupyterhub_eks.foreign.selecting import Selection
from jupyterhub_eks.foreign.shapes import profiles as profiles_of
from jupyterhub_eks.foreign.writing import profiles_yaml
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.placement.reasons import reasons

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyterhub_eks.foreign.checking import CheckedShape, Foreign
    from jupyterhub_eks.foreign.machines import Machines
    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.foreign.nodes import Node
    from jupyterhub_eks.foreign.plugins import DevicePlugin
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.problems import Problem

# Where nobody says among how many a GPU is shared.
_SLICES: Final = 4
_POOL_NAME: Final = 40


@dataclass(frozen=True, kw_only=True)
class Imported:
    """An imported list.

    Attributes:
        profiles: Pools and profiles.
        text: The same as the text of a ``profiles.yaml``.
        losses: What could not be carried, or was chosen here; with its place.
    """

    profiles: ProfilesFile
    text: str
    losses: tuple[Problem, ...]


def import_list(source: Foreign, catalog: Catalog, region: str = "") -> Imported:
    """Return our ``profiles.yaml`` for a list; the same list gives the same text.

    A profile with choices that change its resources becomes several. Pools come of the node pools
    that are given beside the list, of machines that a selector names, or are chosen.

    Args:
        source: What was read.
        catalog: What is known of EC2's machines.
        region: Where servers are to start; empty: any region.

    Raises:
        ConfigError: Nothing of the list can be carried; with the reasons.
    """
    made = _Import(source, catalog, region)
    made.run()
    if not made.profiles:
        raise ConfigError([_nothing(source), *(replace(e, severity="error") for e in made.losses)])
    profiles = ProfilesFile.model_validate({"pools": made.pools, "profiles": tuple(made.profiles)})
    losses = [*made.losses, *_unproved(profiles, made.places, catalog, region)]
    return Imported(
        profiles=profiles,
        text=profiles_yaml(profiles),
        losses=tuple(sorted(dict.fromkeys(losses), key=lambda e: (e.file, e.line, e.column))),
    )


class _Import:
    """Collects pools, profiles and losses."""

    def __init__(self, source: Foreign, catalog: Catalog, region: str) -> None:
        self.source, self.catalog, self.region = source, catalog, region
        self.pools: dict[str, PoolConfig] = {}
        self.profiles: list[ProfileConfig] = []
        self.places: dict[str, CheckedShape] = {}
        self.losses: list[Problem] = []
        self._taken: set[str] = set()
        self._has_default = False
        self._plugin: DevicePlugin | None = device_plugin(source.documents)
        # Machines for servers that name none, as if nothing were known of the cluster.
        self._chooser = Chooser(catalog, region)
        self._anywhere = Placer(Surroundings(catalog=catalog, region=region))

    def run(self) -> None:
        report = check(self.source, self.catalog, self.region)
        self.losses += carrying.losses_of_base(self.source.listing)
        for profile in profiles_of(self.source.listing):
            self.losses += carrying.losses_of_profile(profile)
        for each in report.shapes:
            self._carry(each)
        if self.profiles and not self._has_default:
            self.profiles[0] = self.profiles[0].model_copy(update={"default": True})

    def _carry(self, each: CheckedShape) -> None:
        wish = each.wish
        found = self._machines(each)
        if found is None:
            why = f": {'; '.join(each.verdict.reasons)}" if each.verdict.reasons else ""
            self._lose(each, f"is left out, no machine holds it{why}", "change what it asks for")
            return
        machines, given, nodes = found
        sharing = self._sharing(each, machines, given)
        name = self._pool(each, machines, given, sharing)
        titles, lost = carrying.images(each.shape, self.source.tagged)
        self.losses += lost
        devices = self._devices(each, sharing)
        title = carrying.name_of(each.shape, self._taken)
        self._taken.add(carrying.form_of(title))
        self.places[title] = each
        self.profiles.append(
            ProfileConfig.model_validate(
                {
                    "name": title,
                    "description": carrying.description(each.shape.profile),
                    "default": self._is_default(each),
                    "pool": name,
                    "images": titles,
                    "groups": carrying.groups(each.shape.profile),
                    **carrying.sections(wish, self._chooser.holding(machines, wish, nodes)),
                    **devices,
                }
            )
        )

    def _is_default(self, each: CheckedShape) -> bool:
        shape = each.shape
        if self._has_default or not shape.profile.is_default:
            return False
        self._has_default = all(choice.is_default for choice in shape.choices)
        return self._has_default

    def _machines(
        self, each: CheckedShape
    ) -> tuple[Machines, NodePool | None, Sequence[Node]] | None:
        """Return the machines of a server's pool, the pool they come of, and all it may have."""
        return self._of_given(each) or self._of_selector(each)

    def _of_given(
        self, each: CheckedShape
    ) -> tuple[Machines, NodePool | None, Sequence[Node]] | None:
        """Return machines of the first pool beside the list in which a server starts."""
        if not each.verdict.pools:
            return None
        pool, nodes = each.verdict.found[0]
        own = named(each.wish.selection.always) or named(pool.requirements)
        if own is None:
            own = self._chooser.choose(each.wish, nodes)
            if own:
                self._lose(
                    each,
                    f"the requirements of the node pool `{pool.name}` have no equal; its pool has "
                    f"{', '.join(own.instances)}",
                )
        self.losses += pool_parts.lost_requirements(pool)
        return (own, pool, nodes) if own else None

    def _of_selector(
        self, each: CheckedShape
    ) -> tuple[Machines, NodePool | None, Sequence[Node]] | None:
        """Return the machines that a server names itself, or else that hold it."""
        if each.verdict.status == "never":
            self._lose(each, f"never starts as it is: {'; '.join(each.verdict.reasons)}")
        own = named(each.wish.selection.always)
        wish = replace(each.wish, is_open=False)
        placed = self._anywhere.verdict(wish) if own else None
        if own and placed and placed.found:
            return own, None, placed.found[0][1]
        anything = self._anywhere.verdict(replace(wish, selection=Selection()))
        nodes = anything.found[0][1] if anything.found else ()
        own = self._chooser.choose(each.wish, nodes)
        if own is None:
            return None
        self._lose(
            each,
            f"names no machine; its pool has {', '.join(own.instances)}",
            "choose others in `pools`",
        )
        return own, None, nodes

    def _sharing(
        self, each: CheckedShape, machines: Machines, given: NodePool | None
    ) -> dict[str, Any]:
        others = dict(each.wish.others)
        partition = next((n for n in others if n.startswith(extended.MIG_PREFIX)), "")
        if partition:
            profile = partition.removeprefix(extended.MIG_PREFIX)
            gpu = mig_gpu(machines.instances[0])
            if gpu and profile in gpu.slices:
                return {"sharing": "mig", "profile": profile}
            self._lose(each, f"`{profile}` is no equal part of a GPU; it gets a whole one")
            return {}
        sharing = self._plugin.sharing(given.labels) if self._plugin and given else None
        if sharing and sharing.replicas > 1 and each.wish.amounts.gpu == 1:
            return {"sharing": "time-slicing", "slices": min(sharing.replicas, 48)}
        if extended.SHARED_GPU in others:
            self._lose(each, f"among how many a GPU is shared is not said; {_SLICES} are written")
            return {"sharing": "time-slicing", "slices": _SLICES}
        if sharing and sharing.replicas > 1 and each.wish.amounts.gpu > 1:
            self._lose(each, "gets whole GPUs, in a pool of their own")
        return {}

    def _devices(self, each: CheckedShape, sharing: Mapping[str, Any]) -> dict[str, int]:
        """Return ``gpu`` and ``neuron`` of a profile."""
        amounts, others = each.wish.amounts, dict(each.wish.others)
        gpu, neuron = amounts.gpu, amounts.neuron
        for name, count in others.items():
            if name.startswith(extended.MIG_PREFIX) or name == extended.SHARED_GPU:
                gpu += count
            elif name == extended.NEURON_CORE:
                neuron = max(neuron, -(-count // 2))
                self._lose(each, f"{count} Neuron cores are {neuron} devices of two cores each")
            else:
                self._lose(each, f"the resource `{name}` is not carried")
        if sharing and gpu > 1:
            self._lose(each, f"asks for {gpu} slices of a GPU; it gets one")
            gpu = 1
        return {"gpu": gpu, "neuron": neuron}

    def _pool(
        self,
        each: CheckedShape,
        machines: Machines,
        given: NodePool | None,
        sharing: Mapping[str, Any],
    ) -> str:
        config = PoolConfig.model_validate(
            {
                "instances": machines.instances,
                "sizes": machines.sizes,
                "capacity": pool_parts.capacity(each.wish, given),
                "gpu": dict(sharing),
                "max": dict(pool_parts.limits(given)) if given else {},
                **pool_parts.disk(given),
            }
        )
        for name, pool in self.pools.items():
            if pool == config:
                return name
        wanted = slug(
            given.name if given else pool_parts.title(each.wish, machines, sharing),
            _POOL_NAME,
            "pool",
        )
        name, number = wanted, 1
        while name in self.pools:
            number += 1
            name = f"{wanted[: _POOL_NAME - 4]}-{number}"
        self.pools[name] = config
        return name

    def _lose(self, each: CheckedShape, message: str, hint: str = "") -> None:
        profile = each.shape.profile
        self.losses.append(
            problem_at(
                profile.place,
                dotted(profile.path),
                f"`{each.shape.title}` {message}",
                hint,
                "warning",
            )
        )


def _nothing(source: Foreign) -> Problem:
    listing = source.listing
    return problem_at(
        listing.node.place,
        dotted(listing.path),
        "no profile of the list can be carried over",
        "give a list with at least one that a machine holds",
    )


def _unproved(
    profiles: ProfilesFile, places: Mapping[str, CheckedShape], catalog: Catalog, region: str
) -> Iterator[Problem]:
    """Yield what of the result could not start, by the proof of our own configuration."""
    settings = DeploymentFile(region=region) if region else DeploymentFile()
    for verdict in prove(Deployment(settings=settings, profiles=profiles), catalog):
        obstacles = {fit.obstacle for fit in verdict.fits}
        if verdict.starts or verdict.is_open or (not region and obstacles <= {"region"}):
            continue
        shape = places[verdict.profile].shape
        why = reasons(verdict, profiles.pools[verdict.pool], settings.region)
        yield problem_at(
            shape.profile.place,
            dotted(shape.profile.path),
            f"`{verdict.profile}` cannot start in the pool `{verdict.pool}`: {why}",
            "change its resources, or the pool",
        )
