"""Turn a profile list that others wrote into our ``profiles.yaml``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

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
from jupyterhub_eks.foreign.settling import settled
from jupyterhub_eks.foreign.shapes import profiles as profiles_of
from jupyterhub_eks.foreign.writing import profiles_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyterhub_eks.foreign.machines import Machines
    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.foreign.nodes import Node
    from jupyterhub_eks.foreign.outcomes import CheckedShape
    from jupyterhub_eks.foreign.plugins import DevicePlugin
    from jupyterhub_eks.foreign.reading import Foreign
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
    written = ProfilesFile.model_validate({"pools": made.pools, "profiles": tuple(made.profiles)})
    profiles, refused = settled(written, catalog, region)
    losses = [*made.losses, *(_refused(made.places[name], why) for name, why in refused.items())]
    if not profiles.profiles:
        raise ConfigError([_nothing(source), *(replace(e, severity="error") for e in losses)])
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
        title = carrying.name_of(each.shape, self._taken)
        config = {
            "name": title,
            "description": carrying.description(each.shape.profile),
            "pool": name,
            "images": titles,
            "groups": carrying.groups(each.shape.profile),
            **carrying.sections(wish, self._chooser.holding(machines, wish, nodes)),
            **self._devices(each, sharing),
        }
        try:
            profile = ProfileConfig.model_validate(config)
        except ValidationError as error:
            first = error.errors()[0]
            key = dotted(tuple(first["loc"]))
            self._lose(each, f"is left out, `{key}` cannot be written: {first['msg']}")
            return
        self._taken.add(carrying.form_of(title))
        self.places[title] = each
        self.profiles.append(profile.model_copy(update={"default": self._is_default(each)}))

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
            gpus = [mig_gpu(each) for each in machines.instances]
            if gpus[0] and profile in gpus[0].slices and gpus.count(gpus[0]) == len(gpus):
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


def _refused(each: CheckedShape, why: str) -> Problem:
    profile = each.shape.profile
    return problem_at(
        profile.place,
        dotted(profile.path),
        f"`{each.shape.title}` is left out: {why}",
        "change what it asks for",
        "warning",
    )
