"""What the card of a profile tells on the server page, besides its title. Pure.

It stands as ``jhub`` in the entries of ``profileList`` and in their sizes. KubeSpawner hands it
to the template of the page and heeds it nowhere else. All text is fit for the page as it is,
see ``shown``.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.quantities import spawner_cores, spawner_memory, written_cores
from jupyterhub_eks.releases.labels import GPU, NEURON
from jupyterhub_eks.releases.server_requests import server_requests, server_settings
from jupyterhub_eks.releases.z2jh.devices import gpu_text, neuron_text, sharing_text
from jupyterhub_eks.releases.z2jh.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.profiles import ProfileConfig
    from jupyterhub_eks.releases.z2jh.every_server import EveryServer
    from jupyterhub_eks.releases.z2jh.inputs import Told

KEY: Final = "jhub"
_GB: Final = 10**9
_GIB: Final = 2**30


def card(profile: ProfileConfig, notes: list[str]) -> dict[str, Any]:
    """Return what the card says of a profile whatever its size.

    Args:
        profile: The profile.
        notes: Sentences on how a session may end.
    """
    return {
        "about": shown(profile.description.strip()),
        "notes": [shown(each) for each in notes],
        "groups": [shown(each) for each in profile.groups],
    }


def hardware(
    profile: ProfileConfig, pool: PoolConfig, every: EveryServer, told: Told | None = None
) -> dict[str, Any]:
    """Return what a card says of one size of a profile.

    Args:
        profile: The profile as this size has it.
        pool: Its pool.
        every: Settings of every server.
        told: What it costs and how it starts, where that is known.
    """
    sharing, price = sharing_text(pool), told.price if told else ""
    return {
        "facts": {kind: shown(text) for kind, text in _facts(profile, pool, every)},
        # All of it is kept in one Secret: nothing is said twice, nor what is nothing.
        **({"sharing": shown(sharing)} if sharing else {}),
        **({"price": shown(price)} if price else {}),
    }


def _facts(
    profile: ProfileConfig, pool: PoolConfig, every: EveryServer
) -> Iterator[tuple[str, str]]:
    settings = server_settings(profile, every)
    asked = server_requests(profile, every)
    if text := _cores(settings):
        yield "cpu", text
    if text := _memory(settings):
        yield "memory", text
    if count := asked.get(GPU):
        yield "gpu", gpu_text(pool, count)
    if count := asked.get(NEURON):
        yield "neuron", neuron_text(pool, count)
    yield "machine", _machines(pool)


def _cores(settings: Mapping[str, Any]) -> str:
    least, most = (
        reading.value if (reading := spawner_cores(settings.get(f"cpu_{side}"))) else Fraction(0)
        for side in ("guarantee", "limit")
    )
    if not (shown_first := least or most):
        return ""
    text = f"{written_cores(shown_first)} {'core' if shown_first == 1 else 'cores'}"
    return _range(text, written_cores(most) if most else "", is_one=least in (0, most))


def _memory(settings: Mapping[str, Any]) -> str:
    least, most = (
        int(reading.value) if (reading := spawner_memory(settings.get(f"mem_{side}"))) else 0
        for side in ("guarantee", "limit")
    )
    if not least and not most:
        return ""
    return _range(_bytes(least or most), _bytes(most) if most else "", is_one=least in (0, most))


def _range(least: str, most: str, *, is_one: bool) -> str:
    if is_one:
        return least
    return f"{least}, up to {most}" if most else f"{least} or more"


def _bytes(count: int) -> str:
    """Return an amount of memory in the unit in which it is round."""
    size, unit = (_GIB, "GiB") if count % (_GIB // 4) == 0 else (_GB, "GB")
    return f"{round(count / size, 2):g} {unit}"


def _machines(pool: PoolConfig) -> str:
    names = ", ".join(pool.instances)
    return f"{names} ({', '.join(pool.sizes)})" if pool.sizes else names
