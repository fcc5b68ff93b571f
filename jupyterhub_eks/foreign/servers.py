"""One server of a foreign profile after the other, in keys of our own profiles."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.foreign import carried_amounts, devices
from jupyterhub_eks.foreign.carried_images import images, unlisted_image
from jupyterhub_eks.foreign.carried_pod import is_dedicated
from jupyterhub_eks.foreign.carried_resources import more_resources
from jupyterhub_eks.foreign.carried_settings import carried
from jupyterhub_eks.foreign.plugins import device_plugin
from jupyterhub_eks.foreign.pool_machines import PoolMachines, lost_selection
from jupyterhub_eks.foreign.pooling import Need, Pools
from jupyterhub_eks.foreign.shapes import MOST_COMBINATIONS, combinations
from jupyterhub_eks.foreign.sizes import Server, free_options, with_free_choices
from jupyterhub_eks.foreign.titles import description, groups
from jupyterhub_eks.foreign.wishes import wish_of
from jupyterhub_eks.releases.labels import alone_on_node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.foreign.carried_settings import Carried
    from jupyterhub_eks.foreign.losses import Losses
    from jupyterhub_eks.foreign.outcomes import CheckedProfile, CheckedShape
    from jupyterhub_eks.foreign.pool_machines import Found
    from jupyterhub_eks.foreign.reading import Foreign
    from jupyterhub_eks.foreign.wishes import Wish
    from jupyterhub_eks.instances.catalog import Catalog

_BESIDE: Final = ("extra_containers", "init_containers", "extra_pod_config")


class ServerImport:
    """Imports servers, and makes the pools that they need.

    Attributes:
        pools: The pools that were made.

    Args:
        source: What was read.
        catalog: What is known of EC2's machines.
        region: Where servers are to start; empty: any region.
        losses: Takes what cannot be carried, or was chosen here.
    """

    def __init__(self, source: Foreign, catalog: Catalog, region: str, losses: Losses) -> None:
        self._tagged, self._losses = source.tagged, losses
        self._plugin = device_plugin(source.documents)
        self._machines = PoolMachines(catalog, region, losses)
        self.pools = Pools(self._machines.narrower, region)

    def of(self, checked: CheckedProfile) -> Iterator[Server]:
        """Yield the servers of a profile, without those that are left out."""
        profile = checked.profile
        if combinations(profile) > MOST_COMBINATIONS:
            self._losses.of_profile(
                profile,
                f"of {combinations(profile)} ways to choose those are carried in which all choices "
                "but one are the defaults",
                "write the others that are needed under `options`",
            )
        for each in checked.shapes:
            shapes = with_free_choices(each.shape)
            if len(shapes) == 1 and shapes[0] is each.shape:
                self._lose_choices(each)
            for shape in shapes:
                server = self._server(replace(each, shape=shape))
                if server:
                    yield server

    def _server(self, checked: CheckedShape) -> Server | None:
        shape = checked.shape
        if checked.wish.unclear:
            self._losses.of_server(
                shape,
                f"is left out: {'; '.join(checked.wish.unclear)}",
                "write what it is to ask for, and import again",
            )
            return None
        settings = carried(shape, self._tagged, self._losses)
        # Containers of all servers are not carried, those of the profile itself are.
        has_own = any(key in settings.override for key in _BESIDE)
        wish = checked.wish.of_server()
        each = checked if has_own else replace(checked, wish=wish)
        found = self._machines.of(each)
        if found is None:
            why = f": {'; '.join(each.verdict.reasons)}" if each.verdict.reasons else ""
            self._losses.of_server(
                shape, f"is left out, no machine holds it{why}", "change what it asks for"
            )
            return None
        shared, lost = devices.sharing(wish, found.machines, found.given, self._plugin)
        counts, changed = devices.devices(wish, shared)
        for message in (*([lost] if lost else []), *changed):
            self._losses.change(shape, message)
        pool = self._pool(each, found, shared, max(counts.values()))
        self._note_faults(each, wish)
        self._override(each, settings, shared)
        holding = self._machines.chooser.holding(found.machines, each.wish, found.nodes)
        for message in carried_amounts.chosen_limits(wish, holding):
            self._losses.of_server(shape, message)
        sized = {"pool": pool, **carried_amounts.sections(wish, holding)}
        sized |= {name: count for name, count in counts.items() if count}
        return Server(shape, sized, self._common(each, settings))

    def _common(self, each: CheckedShape, settings: Carried) -> dict[str, Any]:
        titles = images(each.shape, self._tagged, self._losses)
        pattern = unlisted_image(each.shape, titles, self._losses)
        found: dict[str, Any] = {
            "description": description(each.shape.profile),
            "images": titles,
            "groups": groups(each.shape.profile),
            **settings.as_keys(),
        }
        return found | ({"unlisted_image": pattern} if pattern else {})

    def _override(self, each: CheckedShape, settings: Carried, shared: Mapping[str, Any]) -> None:
        """Carry as settings of KubeSpawner what neither profile nor pool can say."""
        more = more_resources(each.wish.of_server(), each.shape.settings)
        if more:
            settings.override |= more
            names = ", ".join(f"`{name}`" for name in more["extra_resource_guarantees"])
            self._losses.of_server(
                each.shape, f"asks for {names} in `kubespawner_override`, as it did"
            )
        if shared and is_dedicated(each.shape.settings):
            # A pool whose GPUs are shared cannot be `dedicated`.
            settings.override.setdefault("pod_anti_affinity_required", alone_on_node())

    def _pool(self, each: CheckedShape, found: Found, shared: Mapping[str, Any], asked: int) -> str:
        need = Need(
            wish=each.wish,
            machines=found.machines,
            allowed=found.allowed,
            given=found.given,
            sharing=shared,
            asked=asked,
            is_dedicated=not shared and is_dedicated(each.shape.settings),
        )
        name, lost = self.pools.name_of(need)
        for zone in lost:
            message = f"does not keep the zone requirement `{zone}`"
            self._losses.of_server(each.shape, message)
        for message in lost_selection(each, found):
            self._losses.of_server(each.shape, message)
        return name

    def _note_faults(self, each: CheckedShape, wish: Wish) -> None:
        """Note what KubeSpawner or Kubernetes refuses, with what becomes of it here."""
        # Whatever is refused never starts; all others need not be read again.
        faults = wish_of(each.shape, self._tagged)[1] if each.outcome == "never" else []
        written = carried_amounts.in_words(wish)
        for fault in faults:
            if fault.severity == "error" and not fault.path.endswith(".image"):
                message = f"{fault.message}; here it asks for {written}"
                self._losses.change(each.shape, message, fault.hint)
        if each.wish.is_open:
            message = "what it demands of its node is only known when the hub runs"
            self._losses.change(each.shape, message, "choose its pool, and import again")

    def _lose_choices(self, each: CheckedShape) -> None:
        """Note what choices change that are too many to be made profiles."""
        for choices in free_options(each.shape.profile):
            for choice in choices:
                for key, entry in choice.override.entries.items():
                    if key != "image":
                        self._losses.of_profile(
                            each.shape.profile,
                            f"the setting `{key}` of the choice `{choice.title}` is not carried: "
                            "there are too many choices",
                            "write a profile for each that is needed",
                            entry.key_place,
                        )
