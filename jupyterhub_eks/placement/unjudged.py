"""Settings of a profile that may keep a server from starting and are no part of the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.rules.finding import Finding
from jupyterhub_eks.placement.bars import Bars
from jupyterhub_eks.releases.labels import GPU, NEURON

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.placement.proof import Verdict

_UNDERSTOOD: Final = frozenset({GPU, NEURON, "ephemeral-storage"})
_OF_NODES: Final = (
    "node_affinity_required",
    "pod_affinity_required",
    "pod_anti_affinity_required",
    "scheduler_name",
    "init_containers",
    "group_overrides",
)
# Of a pod and of a container, where these change where it can run.
_PARTS: Final = {
    "extra_pod_config": (
        "affinity", "nodeName", "nodeSelector", "overhead", "resourceClaims", "resources",
        "runtimeClassName", "schedulerName", "tolerations", "topologySpreadConstraints",
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
        bars = Bars(
            override,
            verdict.pool,
            deployment.profiles.pools[verdict.pool],
            deployment.settings.region,
        )
        machine = verdict.fits[0].machine if verdict.fits else None
        paths = [*_settings(override), *(("node_selector", e) for e in bars.unjudged(machine))]
        for path in paths:
            yield Finding(
                path=("profiles", verdict.index, "kubespawner_override", *path),
                message=f"`{path[-1]}` of `{verdict.profile}` is no part of the proof that its "
                "servers start",
                hint="see that nodes of the pool meet it; start a server to be sure",
                also=(("profiles", verdict.index),),
                at_key=True,
                severity="warning",
            )


def _settings(override: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name in _OF_NODES:
        if override.get(name):
            yield (name,)
    for name, parts in _PARTS.items():
        given = override.get(name)
        yield from ((name, part) for part in parts if isinstance(given, dict) and part in given)
    for name in ("extra_resource_limits", "extra_resource_guarantees"):
        given = override.get(name)
        for resource in given if isinstance(given, dict) else ():
            if resource not in _UNDERSTOOD:
                yield name, str(resource)
