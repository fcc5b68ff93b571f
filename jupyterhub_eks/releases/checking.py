"""Hold Karpenter's objects against its own schemas, before any cluster does. Pure.

The schemas are those of the custom resource definitions that the pinned version installs,
made strict: Kubernetes drops a field that it does not know, here it is a fault. Rules
that the definitions write in CEL are left to the cluster.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft7Validator

from jupyterhub_eks.config.document import dotted
from jupyterhub_eks.config.load import PROFILES_NAME
from jupyterhub_eks.config.rules.finding import Finding
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.problems import Problem
from jupyterhub_eks.releases.node_classes import NodePlace, node_class
from jupyterhub_eks.releases.nodes import most_devices, node_overlays, node_pool
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
    for name, pool in deployment.profiles.pools.items():
        objects = [
            node_class(name, pool, deployment.settings, _PLACE),
            node_pool(name, pool, most_devices(deployment.profiles, name)),
            *node_overlays(name, pool),
        ]
        for each in objects:
            for fault in faults(each):
                yield Finding(
                    path=("pools", name),
                    message=f"Karpenter would refuse the {each['kind']} of this pool: {fault}",
                    hint="change the value it comes from, in `pools` or `tags`",
                )


def faults(manifest: dict[str, Any]) -> list[str]:
    """Return what is wrong with an object of Karpenter, as ``path: what``; empty if nothing.

    Raises:
        KeyError: It is of a kind that Karpenter's definitions do not have.
    """
    kind = _kinds()[manifest["kind"]]
    if manifest["apiVersion"] != kind["apiVersion"]:
        return [f"apiVersion: {manifest['apiVersion']} is not {kind['apiVersion']}"]
    errors = Draft7Validator(kind["schema"]).iter_errors(manifest)
    return sorted(f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in errors)


@cache
def _kinds() -> dict[str, Any]:
    kinds: dict[str, Any] = json.loads(read_text("karpenter/schemas.json"))["kinds"]
    return kinds
