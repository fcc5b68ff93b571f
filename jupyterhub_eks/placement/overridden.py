"""Which setting an obstacle comes of that is no key of ``profiles.yaml``'s own. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.placement.beside import heavy_container
from jupyterhub_eks.releases.labels import GPU, NEURON
from jupyterhub_eks.releases.server_requests import DISK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.rules.finding import Path
    from jupyterhub_eks.placement.proof import Obstacle, Verdict

_EXTRA: Final = ("extra_resource_limits", "extra_resource_guarantees")
# Settings of KubeSpawner that say the same as a key of profiles.yaml, or have none there.
_SETTINGS: Final[Mapping[Obstacle, tuple[str, ...]]] = {
    "cpu_m": ("cpu_guarantee", "cpu_limit"),
    "memory": ("mem_guarantee", "mem_limit"),
    "disk": _EXTRA,
    "gpu": _EXTRA,
    "neuron": _EXTRA,
    "selector": ("node_selector",),
    "taint": ("tolerations",),
}
# Which entry of a setting it is, where that has several.
_ENTRIES: Final[Mapping[Obstacle, str]] = {"disk": DISK, "gpu": GPU, "neuron": NEURON}
# Keys of a profile that leave nothing of what is given to every server.
_OWN: Final[Mapping[Obstacle, str]] = {
    "cpu_m": "cpu",
    "memory": "memory",
    "gpu": "gpu",
    "neuron": "neuron",
}


def origin(verdict: Verdict, obstacle: Obstacle, entry: str = "") -> Path:
    """Return the setting that an obstacle comes of; empty: a key of the profile, or of none.

    It stands in ``kubespawner_override`` of the profile, or in ``hub_values``.

    Args:
        verdict: Of the profile.
        obstacle: What is in the way.
        entry: Key of the setting that it is about, e.g. a label; empty: found by the obstacle.
    """
    if container := heavy_container(verdict, obstacle):
        return container.place
    profile, every = verdict.variant.profile, verdict.every
    names, wanted = _SETTINGS.get(obstacle, ()), entry or _ENTRIES.get(obstacle, "")
    for name in names:
        if _has(profile.kubespawner_override, name, wanted):
            return ("profiles", verdict.index, "kubespawner_override", name)
    if (own := _OWN.get(obstacle)) and getattr(profile, own):
        return ()
    given = (name for name in names if name in every.places and _has(every.settings, name, wanted))
    return next((every.places[name] for name in given), ())


def named(place: Path) -> str:
    """Return a setting as a message names it."""
    if place[0] == "hub_values":
        return f"`{'.'.join(map(str, place[1:]))}` of `hub_values`"
    return f"`{place[-1]}`"


def _has(settings: Mapping[str, object], name: str, entry: str) -> bool:
    if not entry:
        return name in settings
    given = settings.get(name)
    return isinstance(given, dict) and entry in given
