"""The EKS managed add-ons: which, in which order, with which identity and values. Pure.

Order and identities: facts 1.3. Base values: ``helm_values/addons/<add-on>.yaml``;
what the configuration decides is merged over them here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from jupyterhub_eks.naming import DEPLOYMENT_TAG
from jupyterhub_eks.releases.merging import base_values, merge


@dataclass(frozen=True, kw_only=True)
class PodIdentity:
    """The AWS identity of an add-on's pods.

    Attributes:
        service_account: In namespace ``kube-system``.
        managed_policy: Name of the AWS-managed policy, with its path.
    """

    service_account: str
    managed_policy: str


@dataclass(frozen=True, kw_only=True)
class Addon:
    """A managed add-on.

    Attributes:
        name: As EKS spells it.
        before_nodes: Whether nodes need it to become ready.
        identity: AWS identity of its pods, if it calls AWS.
    """

    name: str
    before_nodes: bool
    identity: PodIdentity | None = None

    @property
    def construct_part(self) -> str:
        """Part of construct ids, e.g. ``VpcCni``."""
        return "".join(word.capitalize() for word in self.name.split("-"))


ADDONS: Final = (
    Addon(
        name="vpc-cni",
        before_nodes=True,
        identity=PodIdentity(service_account="aws-node", managed_policy="AmazonEKS_CNI_Policy"),
    ),
    Addon(name="eks-pod-identity-agent", before_nodes=True),
    Addon(name="kube-proxy", before_nodes=True),
    Addon(name="coredns", before_nodes=False),
    Addon(
        name="aws-ebs-csi-driver",
        before_nodes=False,
        identity=PodIdentity(
            service_account="ebs-csi-controller-sa",
            managed_policy="service-role/AmazonEBSCSIDriverPolicy",
        ),
    ),
    Addon(
        name="aws-efs-csi-driver",
        before_nodes=False,
        identity=PodIdentity(
            service_account="efs-csi-controller-sa",
            managed_policy="service-role/AmazonEFSCSIDriverPolicy",
        ),
    ),
    Addon(name="metrics-server", before_nodes=False),
    Addon(name="eks-node-monitoring-agent", before_nodes=False),
)


def render_values(addon: str, *, deployment: str, prefix_delegation: bool) -> str | None:
    """Return ``configuration_values`` of an add-on as JSON, or None for its defaults.

    Args:
        addon: Name of the add-on.
        deployment: Name of the deployment, for tags on what the add-on creates.
        prefix_delegation: Whether nodes get /28 prefixes (``cluster.prefix_delegation``).
    """
    overrides: dict[str, Any] = {}
    if addon == "vpc-cni" and prefix_delegation:
        overrides = {"env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}}
    elif addon == "aws-ebs-csi-driver":
        # Volumes of claims are swept by this tag after destroy.
        overrides = {"controller": {"extraVolumeTags": {DEPLOYMENT_TAG: deployment}}}
    values = merge(base_values(f"addons/{addon}"), overrides)
    return json.dumps(values, sort_keys=True, separators=(",", ":")) if values else None
