"""The values of the chart as the hub's configuration, as its own file makes it of them.

Whatever shapes a user's pod is here (z2jh 4.4.0, ``files/hub/jupyterhub_config.py``), so a
spawner with this configuration makes the pods that a deployed hub makes.

Left out is what makes a hub of the configuration in a cluster: database, proxy, and culler.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from traitlets.config import Config

from jupyterhub_eks import versions
from jupyterhub_eks.coalescing import coalesce
from jupyterhub_eks.preview.hub.chart import (
    CHART,
    DEFAULTS,
    PRIORITY_CLASS,
    RELEASE,
    chart_module,
    value_at,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType

# Traits of the hub by the values that they are set to, where these are not null.
_HUB_TRAITS: Final = {
    "active_server_limit": "activeServerLimit",
    "allow_named_servers": "allowNamedServers",
    "authenticate_prometheus": "authenticatePrometheus",
    "base_url": "baseUrl",
    "concurrent_spawn_limit": "concurrentSpawnLimit",
    "named_server_limit_per_user": "namedServerLimitPerUser",
    "redirect_to_server": "redirectToServer",
    "shutdown_on_logout": "shutdownOnLogout",
    "template_paths": "templatePaths",
    "template_vars": "templateVars",
}
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


def configuration(
    rendered: Mapping[str, Any],
    *,
    namespace: str,
    token: Callable[[str], str],
    spawner: type[Any] | None = None,
) -> Config:
    """Return the hub's configuration, with every entry of ``hub.extraConfig`` executed.

    Args:
        rendered: Values of the release, without the chart's own.
        namespace: Of the release.
        token: Makes the token of a service by its name, as the chart does.
        spawner: Stands in place of KubeSpawner before any entry is executed.
    """
    values = coalesce(DEFAULTS, rendered)
    config = Config()
    if spawner is not None:
        config.JupyterHub.spawner_class = spawner
    for trait, path in _HUB_TRAITS.items():
        if (given := value_at(values, f"hub.{path}")) is not None:
            setattr(config.JupyterHub, trait, given)
    for trait, value in _spawner(values, namespace).items():
        setattr(config.KubeSpawner, trait, value)
    for section, settings in values["hub"]["config"].items():
        config[section].update(settings)
    _let_services_in(config, values["hub"], token)
    with _in_place(chart_module(values)):
        scope: dict[str, Any] = {"c": config, "get_config": lambda: config}
        for name, code in sorted((values["hub"].get("extraConfig") or {}).items()):
            exec(compile(code, name, "exec"), scope)  # noqa: S102 - as the hub does
    return config


def _let_services_in(config: Config, hub: Mapping[str, Any], token: Callable[[str], str]) -> None:
    """Add services and roles as the chart does, which makes the tokens."""
    services = hub.get("services") or {}
    config.JupyterHub.services = [
        {"name": name, **settings, "api_token": token(name)} for name, settings in services.items()
    ]
    config.JupyterHub.load_roles = [
        {"name": name, **role} for name, role in (hub.get("loadRoles") or {}).items()
    ]


def _spawner(values: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    single = values["singleuser"]
    traits = {trait: value_at(single, path) for trait, path in _TRAITS.items()}
    found = {trait: value for trait, value in traits.items() if value is not None}
    return {
        **found,
        **_placement(values),
        **_storage(single),
        "namespace": namespace,
        "common_labels": _labels(),
        "image": ":".join(filter(None, (single["image"]["name"], single["image"].get("tag")))),
        # Null means something of its own here.
        "allow_privilege_escalation": single.get("allowPrivilegeEscalation"),
        "init_containers": [*(single.get("initContainers") or []), *_metadata_guard(single)],
    }


def _labels() -> dict[str, str]:
    chart = f"{CHART}-{versions.JUPYTERHUB_CHART}"
    return {
        "app": CHART,
        "release": RELEASE,
        "chart": chart,
        "app.kubernetes.io/name": CHART,
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
def _in_place(module: ModuleType) -> Iterator[None]:
    """Let a module be imported; one of its name that was there before is put back."""
    before = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module
    try:
        yield
    finally:
        del sys.modules[module.__name__]
        if before is not None:
            sys.modules[module.__name__] = before
