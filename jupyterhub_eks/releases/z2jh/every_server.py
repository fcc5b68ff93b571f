"""Settings that ``hub_values`` give to every server, by KubeSpawner's names. Pure.

As the chart hands them on (z2jh 4.4.0, ``files/hub/jupyterhub_config.py``): from ``singleuser``,
where a null takes the chart's default away, and on top of that ``hub.config.KubeSpawner``, which
replaces a setting as a whole. A profile's own are then laid over them (KubeSpawner 7.0.0,
``_apply_overrides``): mappings are merged, with null for what is to go; all else is replaced.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.coalescing import coalesce

if TYPE_CHECKING:
    from collections.abc import Mapping

# What the chart gives a server whose profile names no memory (z2jh 4.4.0, `singleuser.memory`).
CHART_MEMORY: Final = 2**30
_CHART: Final = {"memory": {"guarantee": CHART_MEMORY}}
# Settings on which depends whether and where a server starts, and the chart's key for each.
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "cpu_guarantee": ("cpu", "guarantee"),
    "cpu_limit": ("cpu", "limit"),
    "mem_guarantee": ("memory", "guarantee"),
    "mem_limit": ("memory", "limit"),
    "extra_resource_guarantees": ("extraResource", "guarantees"),
    "extra_resource_limits": ("extraResource", "limits"),
    "extra_containers": ("extraContainers",),
    "init_containers": ("initContainers",),
    "node_selector": ("nodeSelector",),
    "node_affinity_required": ("extraNodeAffinity", "required"),
    "pod_affinity_required": ("extraPodAffinity", "required"),
    "pod_anti_affinity_required": ("extraPodAntiAffinity", "required"),
    "extra_pod_config": ("extraPodConfig",),
    "profile_list": ("profileList",),
    "service_account": ("serviceAccountName",),
}
# Name of the chart's own init container.
BLOCKING: Final = "block-cloud-metadata"
# `require` in helm_values/jupyterhub.yaml.
_PURPOSE: Final = ("scheduling", "userPods", "nodeAffinity", "matchNodePurpose")


@dataclass(frozen=True)
class EveryServer:
    """What every server has, whatever its profile.

    Attributes:
        settings: Values by names of KubeSpawner.
        places: Keys in ``jhub.yaml`` at which they are written; the chart's own have none.
        profiles_replaced: Where there is another list of profiles; empty: there is none.
        without_effect: Where a node affinity is written that keeps no server off a node.
    """

    settings: Mapping[str, Any] = field(default_factory=lambda: {"mem_guarantee": CHART_MEMORY})
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    profiles_replaced: tuple[str, ...] = ()
    without_effect: tuple[str, ...] = ()

    def with_own(self, own: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings with those of a profile laid over them."""
        return {**self.settings, **{key: self._merged(key, value) for key, value in own.items()}}

    def _merged(self, key: str, value: Any) -> Any:
        return _updated(_mapping(self.settings.get(key)), value) if _is_map(value) else value


CHART_ONLY: Final = EveryServer()


def every_server(hub_values: Mapping[str, Any] | None) -> EveryServer:
    """Return what the user's own values of the chart give to every server."""
    if not hub_values:
        return CHART_ONLY
    given = {"hub_values": hub_values}
    single = coalesce(_CHART, _mapping(_at(given, ("hub_values", "singleuser"))))
    settings, places = {}, {}
    for name, keys in _KEYS.items():
        if (value := _at(single, keys)) is not None:
            settings[name] = value
            if _at(given, place := ("hub_values", "singleuser", *keys)) is not None:
                places[name] = place
    alternative: tuple[str, ...] = ()
    # Of several terms one is enough, and the chart adds one that all nodes of pools meet.
    if (_at(hub_values, _PURPOSE) or "require") == "require":
        settings.pop("node_affinity_required", None)
        alternative = places.pop("node_affinity_required", ())
    if _at(single, ("cloudMetadata", "blockWithIptables")) is True:
        _block_metadata(single, settings, places)
    # Settings of a parent class count where the class itself has none.
    for section, is_above in (("Spawner", False), ("KubeSpawner", True)):
        place = ("hub_values", "hub", "config", section)
        for name, value in _mapping(_at(given, place)).items():
            if is_above or name not in settings:
                settings[name] = value
                places[name] = (*place, name)
    listed = settings.pop("profile_list", None)
    above = ("hub_values", "singleuser", "profileList")
    # Null leaves the hub without any profile.
    is_gone = "profileList" in _mapping(_at(given, above[:-1]))
    replaced = places.pop("profile_list", ()) if listed is not None else above if is_gone else ()
    return EveryServer(settings, places, replaced, alternative)


def _block_metadata(
    single: Mapping[str, Any], settings: dict[str, Any], places: dict[str, tuple[str, ...]]
) -> None:
    """Add the init container with which the chart closes the metadata address, at the end."""
    given = settings.get("init_containers")
    others = list(given) if isinstance(given, list) else []
    resources = _at(single, ("networkTools", "resources"))
    if isinstance(given, dict) or not _is_map(resources):
        return  # the chart fails to add it to a mapping; without resources it asks for nothing
    settings["init_containers"] = [*others, {"name": BLOCKING, "resources": resources}]
    places.setdefault("init_containers", ("hub_values", "singleuser", "networkTools"))


def _updated(target: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping with another merged into it; null takes a key out."""
    found = dict(target)
    for key, value in new.items():
        if value is None:
            found.pop(key, None)
        elif _is_map(value):
            below = found.get(key)
            found[key] = _updated(below if isinstance(below, dict) else {}, value)
        else:
            found[key] = value
    return found


def _is_map(value: object) -> bool:
    return isinstance(value, dict)


def _at(values: object, keys: tuple[str, ...]) -> Any:
    """Return what stands under keys; None: nothing does."""
    for key in keys:
        values = values.get(key) if isinstance(values, dict) else None
    return values


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
