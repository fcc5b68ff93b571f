"""Limits of a server that are below its guarantees: Kubernetes refuses such a pod."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.quantities import kubernetes, spawner_cores, spawner_memory
from jupyterhub_eks.config.rules.finding import Finding
from jupyterhub_eks.releases.server_requests import server_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from fractions import Fraction

    from jupyterhub_eks.config.rules.finding import Path
    from jupyterhub_eks.placement.proof import Verdict

_EXTRA: Final = ("extra_resource_guarantees", "extra_resource_limits")
_KEYS: Final = {"cpu": "cpu", "mem": "memory"}


def low_limit_findings(verdicts: Iterable[Verdict]) -> Iterator[Finding]:
    """Yield an error for each limit below its guarantee, where the one of the two is written."""
    found: dict[Path, Finding] = {}
    for verdict in verdicts:
        settings = server_settings(verdict.variant.profile, verdict.every)
        for name, least, most in _pairs(settings):
            finding = _finding(verdict, settings, name, least, most)
            found.setdefault(finding.path, finding)
        given = verdict.every.settings
        for name, least, most in _pairs(given):
            place = verdict.every.places.get(most)
            if place and least in verdict.every.places:
                finding = _of_every(place, given, name, least, most)
                found.setdefault(finding.path, finding)
    yield from found.values()


def _pairs(settings: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield each resource with the settings of its guarantee and its limit, where that is less."""
    for kind in _KEYS:
        least, most = f"{kind}_guarantee", f"{kind}_limit"
        if _is_less(_read(kind, settings.get(most)), _read(kind, settings.get(least))):
            yield "", least, most
    sides = [each if isinstance(each := settings.get(key), dict) else {} for key in _EXTRA]
    for name in sides[1]:
        # Devices need the same on both sides, which a rule of the settings says.
        if "/" not in name and _is_less(kubernetes(sides[1][name]), kubernetes(sides[0].get(name))):
            yield name, *_EXTRA


def _read(kind: str, value: object) -> Fraction | None:
    reading = spawner_cores(value) if kind == "cpu" else spawner_memory(value)
    return reading.value if reading else None


def _is_less(most: Fraction | None, least: Fraction | None) -> bool:
    # Of 0 KubeSpawner makes no limit.
    return bool(most) and most is not None and least is not None and 0 < most < least


def _finding(
    verdict: Verdict, settings: Mapping[str, Any], name: str, least: str, most: str
) -> Finding:
    profile = ("profiles", verdict.index)
    own = verdict.variant.profile.kubespawner_override
    inner = (name,) if name else ()
    for setting in (most, least):
        given = own.get(setting)
        if setting in own and (not name or (isinstance(given, dict) and name in given)):
            path: Path = (*profile, "kubespawner_override", setting, *inner)
            return _say(path, settings, name, least, most, also=(profile,))
    key = _KEYS.get(most.partition("_")[0], "")
    if not (key and getattr(verdict.variant.profile, key)):
        for setting in (most, least):
            if setting in verdict.every.places:
                return _of_every(verdict.every.places[setting], settings, name, least, most)
    return _say((*profile, key) if key else profile, settings, name, least, most, also=(profile,))


def _of_every(
    place: tuple[str, ...], settings: Mapping[str, Any], name: str, least: str, most: str
) -> Finding:
    return _say((*place, *((name,) if name else ())), settings, name, least, most)


def _say(
    path: Path,
    settings: Mapping[str, Any],
    name: str,
    least: str,
    most: str,
    also: tuple[Path, ...] = (),
) -> Finding:
    limit = settings[most][name] if name else settings[most]
    guarantee = settings[least][name] if name else settings[least]
    written = path[-1]
    is_limit = written in {most, "limit"} or most in path or "limits" in path
    what = f"a limit of `{limit}` is less than the guarantee of `{guarantee}`"
    change = f"`{written}: {guarantee}` or more" if is_limit else f"`{written}: {limit}` or less"
    return Finding(
        path=path,
        message=f"{what}, and Kubernetes refuses such a server",
        hint=f"write {change}, or leave it out",
        also=also,
    )
