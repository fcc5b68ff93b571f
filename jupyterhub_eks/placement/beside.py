"""The container beside a server's own for which no machine has room. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.placement.units import amount
from jupyterhub_eks.releases.labels import GPU, NEURON
from jupyterhub_eks.releases.server_requests import (
    CPU,
    DISK,
    MEMORY,
    container_request,
    server_settings,
)
from jupyterhub_eks.releases.z2jh.every_server import BLOCKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.rules.finding import Path
    from jupyterhub_eks.placement.proof import Obstacle, Verdict

_NAMES: Final[Mapping[Obstacle, str]] = {
    "cpu_m": CPU,
    "memory": MEMORY,
    "disk": DISK,
    "gpu": GPU,
    "neuron": NEURON,
}
_SETTINGS: Final = ("init_containers", "extra_containers")
_TOOLS: Final = ("hub_values", "singleuser", "networkTools")


@dataclass(frozen=True, kw_only=True)
class Container:
    """A container that asks for too much.

    Attributes:
        name: Its name.
        place: Where the amount is written.
        remedy: What to write instead.
    """

    name: str
    place: Path
    remedy: str


def heavy_container(verdict: Verdict, obstacle: Obstacle | None) -> Container | None:
    """Return the container without whose amount a server would fit; None: it is none.

    Args:
        verdict: Of a profile that cannot start.
        obstacle: The resource that is short.
    """
    resource = _NAMES.get(obstacle) if obstacle else None
    if resource is None or obstacle is None:
        return None
    found = [
        (container_request(each, resource), place, each) for place, each in _containers(verdict)
    ]
    asked, place, container = max(found, key=lambda each: each[0], default=(0, (), {}))
    short = [fit.room.of(obstacle) for fit in verdict.fits if fit.obstacle == obstacle]  # type: ignore[arg-type]
    needed = verdict.demand.of(obstacle)  # type: ignore[arg-type]
    left = max(short, default=0) - (needed - asked)
    # A server that asks for more than all beside it has its own amount to answer for.
    if not asked or left < 0 or asked * 2 < needed:
        return None
    part = "requests" if resource in _part(container, "requests") else "limits"
    name = str(container.get("name") or place[-1])
    at_most = amount(obstacle, left)  # type: ignore[arg-type]
    at_most += "Gi" if obstacle in {"memory", "disk"} else ""
    return Container(
        name=name,
        place=(*place, "resources", part, resource),
        remedy=f"lower `{resource}` of the container `{name}` to {at_most} or less",
    )


def _containers(verdict: Verdict) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield each container with where it is written."""
    profile, every = verdict.variant.profile, verdict.every
    settings = server_settings(profile, every)
    for setting in _SETTINGS:
        given = settings.get(setting)
        own = setting in profile.kubespawner_override
        base: Path = every.places.get(setting, ())
        if own:
            base = ("profiles", verdict.index, "kubespawner_override", setting)
        entries = given.items() if isinstance(given, dict) else enumerate(given or ())
        for key, each in entries if isinstance(given, (dict, list)) else ():
            if isinstance(each, dict):
                is_charts = not own and each.get("name") == BLOCKING
                yield (_TOOLS if is_charts else (*base, key)), each


def _part(container: Mapping[str, Any], part: str) -> Mapping[str, Any]:
    resources = container.get("resources")
    found = resources.get(part) if isinstance(resources, dict) else None
    return found if isinstance(found, dict) else {}
