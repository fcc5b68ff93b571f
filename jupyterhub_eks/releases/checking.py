"""Hold Karpenter's objects against its own schemas, before any cluster does. Pure.

The schemas are those of the custom resource definitions that the pinned version installs,
made strict: Kubernetes drops a field that it does not know, here it is a fault. Rules
that the definitions write in CEL are left to the cluster.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.config.document import dotted
from jupyterhub_eks.config.load import PROFILES_NAME
from jupyterhub_eks.config.rules.finding import Finding
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.problems import Problem
from jupyterhub_eks.releases.node_classes import NodePlace, node_class
from jupyterhub_eks.releases.nodes import most_devices, node_overlays, node_pools
from jupyterhub_eks.releases.values_schema import faults
from jupyterhub_eks.resources import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.deployment import Deployment

# Any name will do: it is Terraform that knows the real one.
_PLACE = NodePlace(instance_profile="profile")


def refuse_faulty_nodes(deployment: Deployment) -> None:
    """Let no pool become a stack that Karpenter would not take.

    Raises:
        ConfigError: Kubernetes would refuse an object.
    """
    found = list(node_findings(deployment))
    if found:
        raise ConfigError(
            [
                Problem(
                    path=dotted(each.path),
                    message=each.message,
                    hint=each.hint,
                    file=PROFILES_NAME,
                )
                for each in found
            ]
        )


def node_findings(deployment: Deployment) -> Iterator[Finding]:
    """Yield what Kubernetes would refuse of the objects that pools become."""
    asked = most_devices(deployment.profiles)
    for name, pool in deployment.profiles.pools.items():
        objects = [
            node_class(name, pool, deployment.settings, _PLACE),
            *node_pools(name, pool, asked[name]),
            *node_overlays(name, pool),
        ]
        for each in objects:
            if fault := first_fault(each):
                yield Finding(
                    path=("pools", name),
                    message=f"Karpenter would refuse the {each['kind']} of this pool: {fault}",
                    hint="change the value it comes from, in `pools` or `tags`",
                )


def is_karpenters(manifest: dict[str, Any]) -> bool:
    """Return whether an object is of a kind and group that the schemas here are of."""
    kind = _kinds().get(str(manifest.get("kind")))
    group = str(manifest.get("apiVersion")).partition("/")[0]
    return kind is not None and kind["apiVersion"].partition("/")[0] == group


def first_fault(manifest: dict[str, Any]) -> str:
    """Return the first thing that is wrong with an object of Karpenter; empty if nothing is.

    Raises:
        KeyError: It is of a kind that Karpenter's definitions do not have.
    """
    kind = _kinds()[manifest["kind"]]
    version = kind["apiVersion"]
    if manifest["apiVersion"] != version:
        return f"apiVersion must be {version}, and is {manifest['apiVersion']}"
    return next((fault.text for fault in faults(kind["schema"], manifest)), "")


@cache
def _kinds() -> dict[str, Any]:
    kinds: dict[str, Any] = json.loads(read_text("karpenter/schemas.json"))["kinds"]
    return kinds
