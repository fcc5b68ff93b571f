"""The values of the chart as the hub's configuration, as its own file makes it of them.

Whatever shapes a user's pod is here (z2jh 4.4.0, ``files/hub/jupyterhub_config.py``), so a
spawner with this configuration makes the pods that a deployed hub makes.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from traitlets.config import Config

from jupyterhub_eks.releases.catalog import JUPYTERHUB
from jupyterhub_eks.releases.hub import JUPYTERHUB as RELEASE
from jupyterhub_eks.releases.labels import HUB_NAMESPACE
from jupyterhub_eks.releases.merging import coalesce

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Of the chart's own values those that shape user pods and are not always overridden.
DEFAULTS: Final[dict[str, Any]] = {
    "singleuser": {
        "extraLabels": {"hub.jupyter.org/network-access-hub": "true"},
        "image": {"name": "quay.io/jupyterhub/k8s-singleuser-sample"},
        "memory": {"guarantee": "1G"},
        "cmd": "jupyterhub-singleuser",
        "events": True,
        "networkTools": {"image": {"name": "quay.io/jupyterhub/k8s-network-tools"}},
        "cloudMetadata": {"blockWithIptables": True, "ip": "169.254.169.254"},
    },
    "scheduling": {
        "userPods": {
            "tolerations": [
                {"key": key, "operator": "Equal", "value": "user", "effect": "NoSchedule"}
                for key in ("hub.jupyter.org/dedicated", "hub.jupyter.org_dedicated")
            ]
        }
    },
}
# Class of priority that the chart makes, with the priority that it gives.
PRIORITY_CLASS: Final = f"{RELEASE}-default-priority"
PRIORITY: Final = 0

# That of every service; the chart makes one for each and keeps it in the Secret `hub`.
SERVICE_TOKEN: Final = "token-of-a-service-in-tests"

# Traits of the spawner by the values that they are set to, where these are not null.
_TRAITS: Final = {
    "cpu_guarantee": "cpu.guarantee",
    "cpu_limit": "cpu.limit",
    "default_url": "defaultUrl",
    "cmd": "cmd",
    "environment": "extraEnv",
    "events_enabled": "events",
    "extra_annotations": "extraAnnotations",
    "extra_containers": "extraContainers",
    "extra_labels": "extraLabels",
    "extra_pod_config": "extraPodConfig",
    "extra_resource_guarantees": "extraResource.guarantees",
    "extra_resource_limits": "extraResource.limits",
    "fs_gid": "fsGid",
    "image_pull_policy": "image.pullPolicy",
    "image_pull_secrets": "image.pullSecrets",
    "lifecycle_hooks": "lifecycleHooks",
    "mem_guarantee": "memory.guarantee",
    "mem_limit": "memory.limit",
    "node_affinity_preferred": "extraNodeAffinity.preferred",
    "node_selector": "nodeSelector",
    "pod_affinity_preferred": "extraPodAffinity.preferred",
    "pod_affinity_required": "extraPodAffinity.required",
    "pod_anti_affinity_preferred": "extraPodAntiAffinity.preferred",
    "pod_anti_affinity_required": "extraPodAntiAffinity.required",
    "pod_name_template": "podNameTemplate",
    "profile_list": "profileList",
    "service_account": "serviceAccountName",
    "start_timeout": "startTimeout",
    "storage_extra_labels": "storage.extraLabels",
    "uid": "uid",
}


def configuration(rendered: Mapping[str, Any]) -> Config:
    """Return the hub's configuration, with every entry of ``hub.extraConfig`` executed.

    Args:
        rendered: Values of the release, without the chart's own.
    """
    values = coalesce(DEFAULTS, rendered)
    config = Config()
    config.JupyterHub.authenticate_prometheus = values["hub"]["authenticatePrometheus"]
    config.JupyterHub.concurrent_spawn_limit = values["hub"]["concurrentSpawnLimit"]
    for trait, value in _spawner(values).items():
        setattr(config.KubeSpawner, trait, value)
    for section, settings in values["hub"]["config"].items():
        config[section].update(settings)
    _let_services_in(config, values["hub"])
    with _chart_module(values):
        scope: dict[str, Any] = {"c": config}
        for name, code in sorted(values["hub"].get("extraConfig", {}).items()):
            exec(compile(code, name, "exec"), scope)  # noqa: S102 - as the hub does
    return config


def _let_services_in(config: Config, hub: Mapping[str, Any]) -> None:
    """Add services and roles as the chart does, which makes the tokens."""
    services = hub.get("services", {})
    config.JupyterHub.services = [
        {"name": name, **settings, "api_token": SERVICE_TOKEN}
        for name, settings in services.items()
    ]
    config.JupyterHub.load_roles = [
        {"name": name, **role} for name, role in hub.get("loadRoles", {}).items()
    ]


def value_at(values: Mapping[str, Any], path: str) -> Any:
    """Return the value under keys joined by dots; None if there is none."""
    found: Any = values
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _spawner(values: Mapping[str, Any]) -> dict[str, Any]:
    single = values["singleuser"]
    traits = {trait: value_at(single, path) for trait, path in _TRAITS.items()}
    found = {trait: value for trait, value in traits.items() if value is not None}
    return {
        **found,
        **_placement(values),
        **_storage(single),
        "namespace": HUB_NAMESPACE,
        "common_labels": _labels(),
        "image": ":".join(filter(None, (single["image"]["name"], single["image"].get("tag")))),
        # Null means something of its own here.
        "allow_privilege_escalation": single.get("allowPrivilegeEscalation"),
        "init_containers": [*(single.get("initContainers") or []), *_metadata_guard(single)],
    }


def _labels() -> dict[str, str]:
    chart = f"{JUPYTERHUB.name}-{JUPYTERHUB.version}"
    return {
        "app": JUPYTERHUB.name,
        "release": RELEASE,
        "chart": chart,
        "app.kubernetes.io/name": JUPYTERHUB.name,
        "app.kubernetes.io/instance": RELEASE,
        "app.kubernetes.io/managed-by": "kubespawner",
        "helm.sh/chart": chart,
    }


def _placement(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the section ``scheduling`` adds to user pods."""
    required = list(value_at(values, "singleuser.extraNodeAffinity.required") or [])
    preferred = list(value_at(values, "singleuser.extraNodeAffinity.preferred") or [])
    purpose = {
        "matchExpressions": [
            {"key": "hub.jupyter.org/node-purpose", "operator": "In", "values": ["user"]}
        ]
    }
    match value_at(values, "scheduling.userPods.nodeAffinity.matchNodePurpose"):
        case "require":
            required.append(purpose)
        case "prefer":
            preferred.append({"weight": 100, "preference": purpose})
    found: dict[str, Any] = {
        "node_affinity_required": required,
        "node_affinity_preferred": preferred,
        "tolerations": [
            *(value_at(values, "scheduling.userPods.tolerations") or []),
            *(value_at(values, "singleuser.extraTolerations") or []),
        ],
    }
    if value_at(values, "scheduling.podPriority.enabled"):
        found["priority_class_name"] = PRIORITY_CLASS
    if value_at(values, "scheduling.userScheduler.enabled"):
        found["scheduler_name"] = f"{RELEASE}-user-scheduler"
    return found


def _storage(single: Mapping[str, Any]) -> dict[str, Any]:
    storage = single["storage"]
    claim = {"claimName": storage["static"]["pvcName"]}
    home = {
        "name": "home",
        "mountPath": storage["homeMountPath"],
        "subPath": storage["static"]["subPath"],
    }
    volumes: dict[str, Any] = {"home": {"name": "home", "persistentVolumeClaim": claim}}
    mounts: dict[str, Any] = {"home": home}
    files = single.get("extraFiles") or {}
    if files:
        items = [{"key": key, "path": key} for key in files]
        volumes["files"] = {
            "name": "files",
            "secret": {"secretName": "singleuser", "items": items},
        }
        for index, (key, file) in enumerate(files.items()):
            mount = {"name": "files", "mountPath": file["mountPath"], "subPath": key}
            mounts[f"{index}-files"] = mount
    return {
        "volumes": volumes | storage["extraVolumes"],
        "volume_mounts": mounts | storage["extraVolumeMounts"],
    }


def _metadata_guard(single: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the container that closes the address of EC2's metadata, where it is wanted."""
    if single["cloudMetadata"]["blockWithIptables"]:
        yield {
            "name": "block-cloud-metadata",
            "image": single["networkTools"]["image"]["name"],
            "securityContext": {"privileged": True, "runAsUser": 0},
            "resources": single["networkTools"].get("resources") or {},
        }


@contextmanager
def _chart_module(values: Mapping[str, Any]) -> Iterator[None]:
    """Give what runs in the hub the module ``z2jh`` that the chart puts there."""

    def get_config(key: str, default: Any = None) -> Any:
        found = value_at(values, key)
        return default if found is None else found

    module = ModuleType("z2jh")
    module.get_config = get_config  # type: ignore[attr-defined]
    sys.modules["z2jh"] = module
    try:
        yield
    finally:
        del sys.modules["z2jh"]
