"""Settings in ``hub_values`` that may keep servers from starting and are no part of the proof."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.rules.finding import Finding
from jupyterhub_eks.placement.unjudged import OF_NODES, unjudged_labels, unjudged_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.rules.finding import Path
    from jupyterhub_eks.placement.proof import Verdict
    from jupyterhub_eks.releases.z2jh.every_server import EveryServer

_BASE: Final = "hub_values"
_CHECK: Final = "`jhub profiles check` judges a list of profiles with its node pools"
_TRY: Final = "see that nodes of the pools meet it; start a server to be sure"
# Assigned by code of the hub, these decide on which node a server starts, or on all of it.
_BY_CODE: Final = re.compile(
    r"\bKubeSpawner\.(profile_list|modify_pod_hook|node_selector|tolerations|scheduler_name"
    r"|(?:cpu|mem)_(?:guarantee|limit)|extra_(?:resource_\w+|containers|pod_config)"
    r"|init_containers|(?:node|pod|pod_anti)_affinity_required)\b"
)


def hub_setting_findings(deployment: Deployment, verdicts: Sequence[Verdict]) -> Iterator[Finding]:
    """Warn of each setting for all servers that the proof leaves out, at its key."""
    if not verdicts:
        return
    every = verdicts[0].every
    if every.profiles_replaced:
        yield _warning(
            every.profiles_replaced,
            "takes the place of all profiles of profiles.yaml: users are offered none of those, "
            "and that a server of this list starts is not proved",
            f"write them in profiles.yaml (`jhub profiles import`); {_CHECK}",
        )
    if every.without_effect:
        yield _warning(
            every.without_effect,
            "keeps no server off a node: one of the terms is enough, and the chart adds one that "
            "all nodes of pools meet",
            "select by `singleuser.nodeSelector`, or `node_affinity_required` of a profile",
        )
    yield from _unjudged(deployment, verdicts, every)
    yield from _homes(deployment)
    yield from _code(deployment)


def _unjudged(
    deployment: Deployment, verdicts: Sequence[Verdict], every: EveryServer
) -> Iterator[Finding]:
    labels = chain.from_iterable(
        unjudged_labels(each, deployment, every.settings) for each in verdicts
    )
    paths = [
        *unjudged_settings(every.settings),
        *(("node_selector", label) for label in dict.fromkeys(labels)),
    ]
    for name, *parts in paths:
        if name in every.places and any(_counts(name, each, deployment) for each in verdicts):
            path = (*every.places[name], *parts)
            yield _warning(path, "is no part of the proof that servers start", f"{_TRY}; {_CHECK}")


def _counts(name: str, verdict: Verdict, deployment: Deployment) -> bool:
    """Whether a setting is left as it is by a profile; only mappings are merged."""
    if name not in OF_NODES:
        return True
    is_alone = deployment.profiles.pools[verdict.pool].dedicated
    is_replaced = name == "pod_anti_affinity_required" and is_alone
    return not is_replaced and name not in verdict.variant.profile.kubespawner_override


def _homes(deployment: Deployment) -> Iterator[Finding]:
    keys = ("singleuser", "storage", "type")
    if _at(deployment.settings.hub_values, keys) == "dynamic":
        yield _warning(
            (_BASE, *keys),
            "gives each user a volume, and a volume on EBS stays in the zone of its first server: "
            "that a pool has a machine there is not proved",
            "leave it out, and homes are on EFS, which all zones reach; or give all pools of a "
            "user the same single zone with `zones`",
        )


def _code(deployment: Deployment) -> Iterator[Finding]:
    keys = ("hub", "extraConfig")
    given = _at(deployment.settings.hub_values, keys)
    for name, text in given.items() if isinstance(given, dict) else ():
        found = dict.fromkeys(_BY_CODE.findall(text)) if isinstance(text, str) else {}
        if found:
            yield _warning(
                (_BASE, *keys, name),
                f"may set {', '.join(f'`{each}`' for each in found)} of KubeSpawner, and what "
                "code makes of servers is no part of the proof that they start",
                f"write it in profiles.yaml if it can be said there; {_TRY}",
            )


def _warning(path: Path, message: str, hint: str) -> Finding:
    return Finding(
        path=path,
        message=f"`{path[-1]}` {message}",
        hint=hint,
        also=(("profiles",),),
        at_key=True,
        severity="warning",
    )


def _at(values: object, keys: tuple[str, ...]) -> Any:
    for key in keys:
        values = values.get(key) if isinstance(values, dict) else None
    return values
