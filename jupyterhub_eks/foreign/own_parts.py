"""Zones, labels, taints and life of a pool of ours, out of a node pool that others wrote. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, get_args

from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.config.document import problem_at
from jupyterhub_eks.config.pool_parts import Effect
from jupyterhub_eks.config.pools import PoolConfig
from jupyterhub_eks.config.rules.node_labels import label_rules
from jupyterhub_eks.config.rules.zones import zone_rules
from jupyterhub_eks.foreign.node_pools import settings_of
from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.device_plugins import MPS_LABEL, NVIDIA_CONFIG_LABEL
from jupyterhub_eks.releases.nodes import NVIDIA_PRESENT_LABEL, node_pool
from jupyterhub_eks.releases.requirements import ZONE_ID_LABEL, ZONE_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.foreign.selecting import Requirement
    from jupyterhub_eks.problems import Problem

# Given to the nodes of our own pools by what else the pool says.
_OUR_LABELS: Final = frozenset(
    {
        "karpenter.sh/nodepool", labels.NODE_PURPOSE, labels.POOL, NVIDIA_PRESENT_LABEL,
        NVIDIA_CONFIG_LABEL, MPS_LABEL,
    }
)  # fmt: skip
_SPEC: Final = "spec.template.spec"
_MINUTES: Final = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,5})s)?")
_DAY: Final = 1440
_MERGING: Final = frozenset({"WhenEmptyOrUnderutilized", "WhenUnderutilized"})


def zones(wanted: Iterable[Requirement], region: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the zones of a pool, and what is demanded of zones and not in them.

    Args:
        wanted: What a server and its node pool demand.
        region: Where servers are to start; empty: any region.
    """
    found: dict[str, tuple[str, ...]] = {}
    lost = []
    for each in wanted:
        if each.key not in (ZONE_LABEL, ZONE_ID_LABEL):
            continue
        if each.operator == "In":
            before = found.get(each.key, tuple(dict.fromkeys(each.values)))
            found[each.key] = tuple(zone for zone in before if zone in each.values)
        elif each.operator != "Exists":
            lost.append(str(each))
    if len(found) > 1:  # no zone is both to Karpenter; ids are the same in every account
        lost.append(f"{ZONE_LABEL} In {', '.join(found.pop(ZONE_LABEL))}")
    every = next(iter(found.values()), ())
    faulty = {
        every[index]
        for finding in zone_rules(("",), _pool(zones=every), _settings(region))
        if finding.severity == "error" and isinstance(index := finding.path[-1], int)
    }
    lost += [f"{key}: {zone}" for key in found for zone in every if zone in faulty]
    return tuple(zone for zone in every if zone not in faulty), tuple(lost)


def own_labels(given: NodePool) -> tuple[dict[str, str], list[Problem]]:
    """Return the labels that a pool of ours takes over, and the others."""
    own = {key: value for key, value in given.labels.items() if key not in _OUR_LABELS}
    lost: dict[str, str] = {}
    for finding in label_rules((), _pool(labels=own)):
        lost |= {key: finding.message for key in own if finding.path[1:] in ((), (key,))}
    kept = {key: value for key, value in own.items() if key not in lost}
    return kept, [
        _lost(given, "spec.template.metadata.labels", f"label `{key}: {own[key]}`", why)
        for key, why in lost.items()
    ]


def own_taints(
    given: NodePool, instances: tuple[str, ...]
) -> tuple[tuple[dict[str, str], ...], list[Problem]]:
    """Return the taints that a pool of ours takes over, and the others.

    Args:
        given: The node pool.
        instances: Machines of our pool; some have a taint that is not written.
    """
    ours = {(each.key, each.effect) for each in labels.taints_of(_pool(instances=instances))}
    kept: list[dict[str, str]] = []
    lost = []
    for taint in dict.fromkeys(given.taints):
        if (taint.key, taint.effect) in ours:
            continue
        entry = {"key": taint.key, "value": taint.value, "effect": taint.effect}
        why = f"`{taint.effect}` is no effect"
        if taint.effect in get_args(Effect):
            found = label_rules((), _pool(labels={}, taints=(*kept, entry)))
            why = next((finding.message for finding in found), "")
        if why:
            written = f"taint `{taint.key}{'=' if taint.value else ''}{taint.value}:{taint.effect}`"
            lost.append(_lost(given, f"{_SPEC}.taints", written, why))
        else:
            kept.append(entry)
    return tuple(kept), lost


def lifetime(given: NodePool) -> dict[str, Any]:
    """Return ``lifetime`` of a pool: only what ends nobody's server."""
    found: dict[str, Any] = {}
    if given.settings.get("disruption.consolidationPolicy") in _MERGING:
        found["consolidation"] = "underutilized"
    minutes = _minutes(str(given.settings.get("disruption.consolidateAfter", "")))
    default = PoolConfig.model_fields["lifetime"].get_default(call_default_factory=True)
    if minutes and minutes <= _DAY and minutes != default.consolidate_after_minutes:
        found["consolidate_after_minutes"] = minutes
    return found


def lost_settings(given: NodePool, config: PoolConfig) -> Iterator[Problem]:
    """Yield, in one, the settings of a node pool that ours as it is deployed does not have."""
    ours = settings_of(node_pool(given.name, config, 1)["spec"])
    lost = {
        key: f": {value}" if isinstance(value, (str, int)) else ""
        for key, value in given.settings.items()
        if value != ours.get(key) and not _is_same(key, value, ours.get(key))
    }
    if lost:
        written = ", ".join(f"`{key}{shown}`" for key, shown in lost.items())
        yield _lost(
            given, "spec", f"setting{'s' if len(lost) > 1 else ''} {written}", "", _hint(lost)
        )


def _is_same(key: str, value: object, ours: object) -> bool:
    if key == "disruption.consolidationPolicy":
        return value in _MERGING and ours in _MERGING
    if key.endswith("expireAfter"):
        return value == "Never"
    return key == "disruption.consolidateAfter" and _minutes(str(value)) == _minutes(str(ours))


def _hint(keys: Iterable[str]) -> str:
    """Return where to write the like; the age of a node ends servers, so it is not taken over."""
    every = {key.rpartition(".")[2] for key in keys}
    if "expireAfter" in every:
        return "write `lifetime: {expire_after_hours: …}` in the pool if servers may end for it"
    return "" if every <= {"weight", "replicas", "kubelet"} else "see `lifetime` of the pool"


def _minutes(text: str) -> int:
    """Return whole minutes of a duration; 0: it is none, or none of whole minutes."""
    match = _MINUTES.fullmatch(text)
    if not match:
        return 0
    hours, minutes, seconds = (int(each or 0) for each in match.groups())
    return hours * 60 + minutes + seconds // 60 if seconds % 60 == 0 else 0


def _settings(region: str) -> DeploymentFile:
    return DeploymentFile(region=region) if region else DeploymentFile()


def _pool(**parts: Any) -> PoolConfig:
    return PoolConfig.model_validate({"instances": ("m7i",), **parts})


def _lost(given: NodePool, path: str, what: str, why: str, hint: str = "") -> Problem:
    verb = "are" if what.startswith("settings ") else "is"
    message = f"the {what} of the node pool `{given.name}` {verb} not carried"
    return problem_at(given.place, path, message + (f": {why}" if why else ""), hint, "warning")
