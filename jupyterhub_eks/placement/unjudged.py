"""Settings of a profile that may keep a server from starting and are no part of the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.rules.finding import Finding
from jupyterhub_eks.placement.bars import bars_of
from jupyterhub_eks.releases.server_requests import UNDERSTOOD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.placement.proof import Verdict

OF_NODES: Final = (
    "node_affinity_required",
    "pod_affinity_required",
    "pod_anti_affinity_required",
    "scheduler_name",
    "priority_class_name",
    "service_account",
    "group_overrides",
)
# Every cluster has these.
_THERE: Final = {
    "priority_class_name": ("system-cluster-critical", "system-node-critical"),
    "service_account": ("default",),
}
# Of a pod and of a container, where these change where it can run.
_PARTS: Final = {
    "extra_pod_config": (
        "affinity", "containers", "initContainers", "nodeName", "nodeSelector", "overhead",
        "resourceClaims", "resources", "runtimeClassName", "schedulerName", "tolerations",
        "topologySpreadConstraints",
    ),
    "extra_container_config": ("resources",),
}  # fmt: skip


def unjudged_findings(deployment: Deployment, verdicts: Iterable[Verdict]) -> Iterator[Finding]:
    """Warn once of each setting of a profile that the proof leaves out."""
    seen: set[int] = set()
    for verdict in verdicts:
        override = verdict.variant.profile.kubespawner_override
        if not override or verdict.index in seen:
            continue
        seen.add(verdict.index)
        paths = [
            *unjudged_settings(override),
            *(("node_selector", e) for e in unjudged_labels(verdict, deployment, override)),
        ]
        for path in paths:
            yield Finding(
                path=("profiles", verdict.index, "kubespawner_override", *path),
                message=f"`{path[-1]}` of `{verdict.profile}` is no part of the proof that its "
                "servers start",
                hint=f"see that {_to_see(path)}; start a server to be sure",
                also=(("profiles", verdict.index),),
                at_key=True,
                severity="warning",
            )


def _to_see(path: tuple[str, ...]) -> str:
    is_object = path[-1] in _THERE
    return "the cluster has it" if is_object else "nodes of the pool meet it"


def unjudged_labels(
    verdict: Verdict, deployment: Deployment, settings: Mapping[str, Any]
) -> list[str]:
    """Return the labels that settings select of which nothing is known.

    Args:
        verdict: Of a profile.
        deployment: Both files.
        settings: Those of the profile, or those of every server.
    """
    pool = deployment.profiles.pools[verdict.pool]
    bars = bars_of(verdict.variant.profile, verdict.every, pool, deployment.settings.region)
    machine = verdict.fits[0].machine if verdict.fits else None
    selected = settings.get("node_selector")
    return [key for key in bars.unjudged(machine) if isinstance(selected, dict) and key in selected]


def unjudged_settings(settings: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield the settings that the proof leaves out, each with the part of it that counts."""
    for name in OF_NODES:
        if settings.get(name) and settings[name] not in _THERE.get(name, ()):
            yield (name,)
    for name, parts in _PARTS.items():
        given = settings.get(name)
        yield from ((name, part) for part in parts if isinstance(given, dict) and part in given)
    for name in ("extra_resource_limits", "extra_resource_guarantees"):
        given = settings.get(name)
        for resource in given if isinstance(given, dict) else ():
            if resource not in UNDERSTOOD:
                yield name, str(resource)
