"""Parts of a pod and its container that an imported server sets, apart from its place. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.document import MapNode, to_plain
from jupyterhub_eks.foreign.documents import entry_at, values_of
from jupyterhub_eks.releases.labels import alone_on_node

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.document import Node, Place

KEPT_BY_POD: Final = frozenset({"extra_pod_config", "extra_container_config"})
# Said by the pool, or by settings of KubeSpawner's own.
_POD_PLACES: Final = frozenset(
    {"nodeSelector", "node_selector", "tolerations", "affinity", "activeDeadlineSeconds"}
)
_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED: Final = "preferredDuringSchedulingIgnoredDuringExecution"
# Parts of `affinity` by the settings that say the same; the one of nodes is the pool's.
_AFFINITIES: Final = {
    "node_affinity_preferred": ("nodeAffinity", _PREFERRED),
    "pod_affinity_preferred": ("podAffinity", _PREFERRED),
    "pod_affinity_required": ("podAffinity", _REQUIRED),
    "pod_anti_affinity_preferred": ("podAntiAffinity", _PREFERRED),
    "pod_anti_affinity_required": ("podAntiAffinity", _REQUIRED),
}
_HOUR: Final = 3600
_MOST_HOURS: Final = 8760


@dataclass
class Pod:
    """What a server sets of its pod.

    Attributes:
        max_age_hours: Age at which it ends; None: none is said in whole hours.
        override: Settings of ``kubespawner_override``.
        lost: What is not carried, with its place.
    """

    max_age_hours: int | None = None
    override: dict[str, Any] = field(default_factory=dict)
    lost: list[tuple[Place, str]] = field(default_factory=list)


def pod_settings(settings: Mapping[str, Node], whole: Mapping[str, Node]) -> Pod:
    """Return the parts of a pod that a server sets.

    Args:
        settings: Settings of the profile and its choices.
        whole: The same, with those of the hub.
    """
    found = Pod()
    _pod(settings.get("extra_pod_config"), found)
    _container(settings.get("extra_container_config"), found)
    terms = to_plain_list(whole.get("pod_anti_affinity_required"))
    pod = whole.get("extra_pod_config")
    if entry_at(pod, "affinity") is not None:  # takes the place of all the others
        terms = to_plain_list(entry_at(pod, "affinity", *_AFFINITIES["pod_anti_affinity_required"]))
    # A pool that is `dedicated` says the same.
    if terms and terms != alone_on_node():
        found.override["pod_anti_affinity_required"] = terms
    return found


def is_dedicated(whole: Mapping[str, Node]) -> bool:
    """Whether a server keeps away from all others, as those of a pool that is ``dedicated``."""
    pod = whole.get("extra_pod_config")
    keys = _AFFINITIES["pod_anti_affinity_required"]
    node = (
        entry_at(pod, "affinity", *keys)
        if entry_at(pod, "affinity") is not None
        else whole.get("pod_anti_affinity_required")
    )
    return alone_on_node()[0] in to_plain_list(node)


def to_plain_list(node: Node | None) -> list[Any]:
    """Return the elements of a list, or the values of a mapping, as plain data."""
    return [to_plain(each) for each in values_of(node)]


def _pod(node: Node | None, found: Pod) -> None:
    if not isinstance(node, MapNode):
        return
    for setting, keys in _AFFINITIES.items():
        terms = to_plain_list(entry_at(node, "affinity", *keys))
        if terms and setting != "pod_anti_affinity_required":
            found.override[setting] = terms
    rest = {key: each for key, each in node.entries.items() if key not in _POD_PLACES}
    for key in ("nodeName", "node_name", "schedulerName", "containers"):
        if entry := rest.pop(key, None):
            message = f"`{key}` of `extra_pod_config` is not carried: it would leave the pool"
            if key == "containers":
                message = "`containers` of `extra_pod_config` is not carried"
            found.lost.append((entry.key_place, message))
    plain = {key: to_plain(each.value) for key, each in rest.items()}
    seconds = entry_at(node, "activeDeadlineSeconds")
    if seconds is not None:
        age = to_plain(seconds)
        hours = age // _HOUR if isinstance(age, int) and age % _HOUR == 0 else 0
        if 1 <= hours <= _MOST_HOURS and not isinstance(age, bool):
            found.max_age_hours = hours
        else:
            plain["activeDeadlineSeconds"] = age
    if plain:
        found.override["extra_pod_config"] = plain


def _container(node: Node | None, found: Pod) -> None:
    if not isinstance(node, MapNode):
        return
    plain = {key: to_plain(e.value) for key, e in node.entries.items() if key != "resources"}
    if plain:
        found.override["extra_container_config"] = plain
