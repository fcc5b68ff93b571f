"""Turn a profile list that others wrote into our ``profiles.yaml``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from jupyterhub_eks.config.document import dotted, problem_at
from jupyterhub_eks.config.profiles import ProfileConfig, ProfilesFile
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.foreign import carrying, devices, pool_parts
from jupyterhub_eks.foreign.checking import check
from jupyterhub_eks.foreign.left_values import lost_values
from jupyterhub_eks.foreign.machines import Chooser, named
from jupyterhub_eks.foreign.narrowing import Narrower
from jupyterhub_eks.foreign.placing import Placer
from jupyterhub_eks.foreign.plugins import device_plugin
from jupyterhub_eks.foreign.pooling import Need, Pools
from jupyterhub_eks.foreign.selecting import Selection, of_any_node, of_machine
from jupyterhub_eks.foreign.settling import settled
from jupyterhub_eks.foreign.shapes import profiles as profiles_of
from jupyterhub_eks.foreign.verdicts import Surroundings
from jupyterhub_eks.foreign.wishes import wish_of
from jupyterhub_eks.foreign.writing import profiles_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jupyterhub_eks.foreign.machines import Machines
    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.foreign.nodes import Node
    from jupyterhub_eks.foreign.outcomes import CheckedShape
    from jupyterhub_eks.foreign.plugins import DevicePlugin
    from jupyterhub_eks.foreign.reading import Foreign
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.problems import Problem


@dataclass(frozen=True)
class _Found:
    """Machines of a server's pool.

    Attributes:
        machines: The machines.
        given: The node pool that they come of; None: there is none.
        nodes: All that the server may have in the region.
        allowed: The types that it may have; None: any.
    """

    machines: Machines
    given: NodePool | None
    nodes: Sequence[Node]
    allowed: frozenset[str] | None


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
    written = ProfilesFile.model_validate(
        {"pools": made.pools.configs, "profiles": tuple(made.profiles)}
    )
    profiles, refused = settled(written, catalog, region)
    losses = [
        *made.losses,
        *made.pools.losses,
        *made.pools.remarks(profiles.pools),
        *carrying.unlimited(source.listing, profiles.pools),
    ]
    losses += (_refused(made.places[name], why) for name, why in refused.items())
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
        self.profiles: list[ProfileConfig] = []
        self.places: dict[str, CheckedShape] = {}
        self.losses: list[Problem] = []
        self._taken: set[str] = set()
        self._has_default = False
        self._plugin: DevicePlugin | None = device_plugin(source.documents)
        # Machines for servers that name none, as if nothing were known of the cluster.
        self._chooser = Chooser(catalog, region)
        self._anywhere = Placer(Surroundings(catalog=catalog, region=region))
        self._narrower = Narrower(catalog, region)
        self.pools = Pools(self._narrower, region)

    def run(self) -> None:
        report = check(self.source, self.catalog, self.region)
        self.losses += carrying.losses_of_base(self.source.listing)
        self.losses += lost_values(self.source)
        for profile in profiles_of(self.source.listing):
            self.losses += carrying.losses_of_profile(profile)
        for each in report.shapes:
            self._carry(each)

    def _carry(self, checked: CheckedShape) -> None:
        # Containers beside the server's own are not carried.
        wish = checked.wish.of_server()
        each = replace(checked, wish=wish)
        found = self._machines(each)
        if found is None:
            why = f": {'; '.join(each.verdict.reasons)}" if each.verdict.reasons else ""
            self._lose(each, f"is left out, no machine holds it{why}", "change what it asks for")
            return
        shared, lost = devices.sharing(wish, found.machines, found.given, self._plugin)
        self._lose_all(each, [lost] if lost else [])
        counts, lost_devices = devices.devices(wish, shared)
        self._lose_all(each, lost_devices)
        name = self._pool(each, found, shared, max(counts.values()))
        self._lose_faults(each)
        titles, lost_images = carrying.images(each.shape, self.source.tagged)
        self.losses += lost_images
        holding = self._chooser.holding(found.machines, wish, found.nodes)
        self._lose_all(each, carrying.chosen_limits(wish, holding))
        title = carrying.name_of(each.shape, self._taken)
        config = {
            "name": title,
            "description": carrying.description(each.shape.profile),
            "pool": name,
            "images": titles,
            "groups": carrying.groups(each.shape.profile),
            **carrying.sections(wish, holding),
            **counts,
        }
        try:
            profile = ProfileConfig.model_validate(config)
        except ValidationError as error:
            first = error.errors()[0]
            key = dotted(tuple(first["loc"]))
            self._lose(each, f"is left out, `{key}` cannot be written: {first['msg']}")
            return
        if lost_name := carrying.renamed(each.shape, title):
            self._lose(each, lost_name)
        self._taken.add(carrying.form_of(title))
        self.places[title] = each
        self.profiles.append(profile.model_copy(update={"default": self._is_default(each)}))

    def _lose_faults(self, each: CheckedShape) -> None:
        """Note what KubeSpawner or Kubernetes refuses, with what becomes of it here."""
        _, faults = wish_of(each.shape, self.source.tagged)
        written = carrying.in_words(each.wish)
        self.losses += (
            replace(
                fault,
                message=f"`{each.shape.title}`: {fault.message}; here it asks for {written}",
                severity="warning",
            )
            for fault in faults
            if fault.severity == "error" and not fault.path.endswith(".image")
        )

    def _is_default(self, each: CheckedShape) -> bool:
        shape = each.shape
        if self._has_default or not shape.profile.is_default:
            return False
        self._has_default = all(choice.is_default for choice in shape.choices)
        return self._has_default

    def _machines(self, each: CheckedShape) -> _Found | None:
        """Return what becomes the pool of a server; None: no machine holds it."""
        return self._of_given(each) or self._of_selector(each)

    def _of_given(self, each: CheckedShape) -> _Found | None:
        """Return machines of the first pool beside the list in which a server starts."""
        if not each.verdict.pools:
            return None
        wish = each.wish
        pool, nodes = each.verdict.found[0]
        allowed = self._narrower.allowed(nodes, pool, wish.selection)
        given = named(pool_parts.demands(wish, pool))
        own = self._narrower.narrowed(given, wish, nodes, allowed) if given else None
        if given and own and (out := _left_out(given, own)):
            self._lose(each, f"gets no {out}: a pool has one kind of machine and processor")
        if own is None:
            chosen = self._chooser.choose(wish, nodes)
            own = self._narrower.narrowed(chosen, wish, nodes, allowed) if chosen else None
            own = own or self._narrower.smallest(wish, nodes)
            if own:
                self._lose(
                    each,
                    f"the requirements of the node pool `{pool.name}` have no equal; its pool has "
                    f"{_in_words(own)}",
                )
        if len(each.verdict.pools) > 1:
            others = ", ".join(f"`{name}`" for name in each.verdict.pools[1:])
            self._lose(each, f"starts in {others}, too, and gets the machines of `{pool.name}`")
        return _Found(own, pool, nodes, allowed) if own else None

    def _of_selector(self, each: CheckedShape) -> _Found | None:
        """Return the machines that a server names itself, or else that hold it."""
        if each.verdict.status == "never":
            self._lose(each, f"never starts as it is: {'; '.join(each.verdict.reasons)}")
        wish = replace(each.wish, is_open=False)
        given = named(pool_parts.demands(wish, None))
        placed = self._anywhere.verdict(wish)
        if placed.status == "starts":
            nodes = placed.found[0][1]
            allowed = self._narrower.allowed(nodes, None, wish.selection)
            own = self._narrower.narrowed(given, wish, nodes, allowed) if given else None
            if own:
                return _Found(own, None, nodes, allowed)
            own = self._chosen(each, nodes, allowed)
            if own:
                return _Found(own, None, nodes, allowed)
        anything = self._anywhere.verdict(replace(wish, selection=Selection()))
        nodes = anything.found[0][1] if anything.found else ()
        own = self._chosen(each, nodes, None)
        return _Found(own, None, nodes, None) if own else None

    def _chosen(
        self, each: CheckedShape, nodes: Sequence[Node], allowed: frozenset[str] | None
    ) -> Machines | None:
        own = self._chooser.choose(each.wish, nodes)
        if own and allowed is not None:
            own = self._narrower.narrowed(own, each.wish, nodes, allowed)
        if own is None and allowed is not None:
            own = self._narrower.smallest(each.wish, nodes)
        if own:
            self._lose(
                each, f"names no machine; its pool has {_in_words(own)}", "choose others in `pools`"
            )
        return own

    def _pool(
        self, each: CheckedShape, found: _Found, shared: Mapping[str, Any], asked: int
    ) -> str:
        need = Need(
            wish=each.wish,
            machines=found.machines,
            allowed=found.allowed,
            given=found.given,
            sharing=shared,
            asked=asked,
        )
        name, lost = self.pools.name_of(need)
        self._lose_all(each, [f"does not keep the zone requirement `{zone}`" for zone in lost])
        self._lose_all(each, _lost_selection(each, found))
        return name

    def _lose_all(self, each: CheckedShape, messages: Iterable[str]) -> None:
        for message in messages:
            self._lose(each, message)

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


def _in_words(machines: Machines) -> str:
    sizes = f" in {', '.join(machines.sizes)}" if machines.sizes else ""
    return ", ".join(machines.instances) + sizes


def _left_out(given: Machines, own: Machines) -> str:
    """Return the machines that are named and not in a pool, by the names' kind alone."""
    kept = {name.partition(".")[0] for name in own.instances}
    return ", ".join(name for name in given.instances if name.partition(".")[0] not in kept)


def _lost_selection(each: CheckedShape, found: _Found) -> Iterator[str]:
    """Yield what a server demands of its node that its pool does not say."""
    selection = each.wish.selection
    if len(selection.either) > 1:
        yield (
            f"has {len(selection.either)} alternatives of node affinity; its pool has the machines "
            "of the first that has any, in any zone and bought on demand"
        )
    if found.given or each.verdict.status == "never":
        return
    for wanted in pool_parts.demands(each.wish, None):
        if not of_machine(wanted.key) and not of_any_node(wanted.key):
            yield f"the selector `{wanted}` is not carried"


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
