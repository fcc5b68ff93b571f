"""What an imported server has besides resources and images, in keys of ours. Pure.

What a key of its own can say stands there; the rest stays a setting of ``kubespawner_override``,
where it is what it was.
"""

from __future__ import annotations

import math
import string
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from jupyterhub_eks.config.document import ListNode, MapNode, Scalar, to_plain
from jupyterhub_eks.config.rules.environment import environment_rules
from jupyterhub_eks.config.spawner import MAPPINGS, SETTINGS
from jupyterhub_eks.foreign.carried_pod import KEPT_BY_POD, pod_settings
from jupyterhub_eks.foreign.carried_volumes import volumes_of
from jupyterhub_eks.foreign.shapes import apply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.document import Node, Place
    from jupyterhub_eks.foreign.losses import Losses
    from jupyterhub_eks.foreign.shapes import Shape

# What a profile of ours says in another way, or what its pool brings with it.
_AMOUNTS: Final = frozenset(
    {
        "cpu_guarantee", "cpu_limit", "mem_guarantee", "mem_limit", "extra_resource_guarantees",
        "extra_resource_limits",
    }
)  # fmt: skip
_SAID: Final = frozenset(
    {
        *_AMOUNTS, *KEPT_BY_POD, "image", "node_selector", "tolerations", "environment",
        "node_affinity_required", "pod_anti_affinity_required", "volumes", "volume_mounts",
    }
)  # fmt: skip
# Of the hub or its namespace as a whole: a profile that changed them would break what is deployed.
_OF_THE_HUB: Final = frozenset(
    {
        "component_label", "consecutive_failure_limit", "delete_pvc", "delete_stopped_pods",
        "dns_name_template", "enable_user_namespaces", "events_enabled", "group_overrides",
        "handle_legacy_names", "ip", "namespace", "oauth_roles", "pod_connect_ip",
        "pod_name_template", "poll_interval", "poll_jitter", "port", "pvc_name_template",
        "remember_pvc_name", "scheduler_name", "secret_mount_path", "secret_name_template",
        "server_token_scopes", "slug_scheme", "storage_access_modes", "storage_capacity",
        "storage_class", "storage_extra_annotations", "storage_extra_labels",
        "storage_pvc_ensure", "storage_selector", "user_namespace_annotations",
        "user_namespace_labels",
    }
)  # fmt: skip
_VOID: Final = {"NVIDIA_VISIBLE_DEVICES": "void"}


@dataclass
class Carried:
    """Keys of a profile besides resources and images.

    Attributes:
        environment: Variables, exactly as they are to be.
        volumes: What is mounted.
        max_age_hours: Age at which a server ends; None: none is said.
        override: Settings of ``kubespawner_override``.
    """

    environment: dict[str, str] = field(default_factory=dict)
    volumes: list[dict[str, Any]] = field(default_factory=list)
    max_age_hours: int | None = None
    override: dict[str, Any] = field(default_factory=dict)

    def as_keys(self) -> dict[str, Any]:
        """Return what is to be written of it."""
        found = {
            "environment": self.environment,
            "volumes": self.volumes,
            "max_age_hours": self.max_age_hours,
            "kubespawner_override": self.override,
        }
        return {key: value for key, value in found.items() if value}


def carried(shape: Shape, tagged: frozenset[Place], losses: Losses) -> Carried:
    """Return what a server has besides resources and images.

    Args:
        shape: The server.
        tagged: Where values stand that are not what they seem.
        losses: Takes what is not carried.
    """
    settings: dict[str, Node] = {}
    for override in (shape.profile.override, *(each.override for each in shape.choices)):
        apply(settings, override)
    found = Carried()
    lost = list(_take_code(settings, tagged))
    _carry_environment(settings, found)
    volumes, pod = volumes_of(settings), pod_settings(settings, shape.settings)
    found.volumes, found.max_age_hours = volumes.own, pod.max_age_hours
    found.override |= volumes.override | pod.override
    lost += [*volumes.lost, *pod.lost, *_carry_rest(settings, found)]
    for place, message in lost:
        losses.of_profile(shape.profile, message, place=place)
    if needs := list(_needed(found)):
        losses.of_profile(shape.profile, f"needs in the hub's namespace: {', '.join(needs)}")
    return found


def _take_code(settings: dict[str, Node], tagged: frozenset[Place]) -> Iterator[tuple[Place, str]]:
    """Take out what is no plain data, and yield what is lost by it."""
    for key in [key for key, node in settings.items() if _is_code(node, tagged)]:
        node = settings.pop(key)
        if key not in _AMOUNTS and key != "image":  # said elsewhere
            message = f"the setting `{key}` is not carried: it has values that only a program knows"
            yield node.place, message


def _carry_environment(settings: Mapping[str, Node], found: Carried) -> None:
    for name, value in _environment(settings.get("environment")):
        if _is_ours(name, value):
            found.environment[name] = value.replace("{{", "{").replace("}}", "}")
        elif {name: value} != _VOID:
            found.override.setdefault("environment", {})[name] = value


def _carry_rest(settings: Mapping[str, Node], found: Carried) -> Iterator[tuple[Place, str]]:
    for key, node in settings.items():
        is_nothing = isinstance(node, Scalar) and node.value is None
        if key in _SAID or (key in MAPPINGS and is_nothing):
            continue
        if why := _not_carried(key, node):
            yield node.place, f"the setting `{key}` is not carried: {why}"
        else:
            found.override[key] = to_plain(node)


def _not_carried(key: str, node: Node) -> str:
    if key not in SETTINGS:
        return "KubeSpawner has no such setting"
    if key.endswith("_hook"):
        return "it is code"
    if key in _OF_THE_HUB:
        return "it is the hub's, not one of a server"
    if key in MAPPINGS and not isinstance(node, MapNode):
        return "it takes a mapping"
    return ""


def _is_code(node: Node, tagged: frozenset[Place]) -> bool:
    """Whether a value is, or has in it, what is only known to a program."""
    if node.place in tagged:
        return True
    if isinstance(node, MapNode):
        return any(_is_code(each.value, tagged) for each in node.entries.values())
    if isinstance(node, ListNode):
        return any(_is_code(each, tagged) for each in node.items)
    return isinstance(node.value, float) and not math.isfinite(node.value)


def _environment(node: Node | None) -> Iterator[tuple[str, Any]]:
    for name, entry in node.entries.items() if isinstance(node, MapNode) else ():
        yield name, to_plain(entry.value)


def _is_ours(name: str, value: object) -> TypeGuard[str]:
    """Whether ``environment`` of a profile takes a variable: its text is what servers get."""
    if not isinstance(value, str) or any(environment_rules((), {name: value})):
        return False
    try:
        return all(each is None for _, each, _, _ in string.Formatter().parse(value))
    except ValueError:
        return False


def _needed(found: Carried) -> Iterator[str]:
    for volume in found.volumes:
        for kind in ("claim", "secret", "config_map"):
            if kind in volume:
                yield f"{kind.replace('_', ' ')} `{volume[kind]}`"
    for key, what in (("service_account", "service account"), ("priority_class_name", "class")):
        if isinstance(name := found.override.get(key), str) and name:
            yield f"{what} `{name}`"
    secrets = found.override.get("image_pull_secrets")
    for each in secrets if isinstance(secrets, list) else ():
        name = each.get("name") if isinstance(each, dict) else each
        if isinstance(name, str):
            yield f"secret `{name}`"
