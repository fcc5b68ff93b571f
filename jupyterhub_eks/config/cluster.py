"""The ``cluster`` section: EKS and its system nodes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jupyterhub_eks.config.base import Section
from jupyterhub_eks.versions import DEFAULT_KUBERNETES, KUBERNETES_VERSIONS

LogType = Literal["api", "audit", "authenticator", "controllerManager", "scheduler"]


class SystemNodes(Section):
    """The managed node group that runs Karpenter, CoreDNS and the hub, never notebooks."""

    instance_types: tuple[str, ...] = Field(
        default=("m7i.large",),
        min_length=1,
        description="EC2 instance types, all of one CPU architecture; more than one eases "
        "shortages.",
    )
    min: int = Field(
        default=2,
        ge=2,
        le=20,
        description="Fewest nodes. Karpenter needs 2 (one replica per node).",
    )
    max: int = Field(default=4, ge=2, le=40, description="Most nodes.")
    disk_gib: int = Field(
        default=50, ge=20, le=16384, description="Encrypted gp3 root volume of each node, GiB."
    )


class ClusterConfig(Section):
    """EKS control plane, its access and its system nodes."""

    version: str = Field(
        default=DEFAULT_KUBERNETES,
        description='Kubernetes minor version, quoted in YAML, e.g. `"1.36"`.',
        json_schema_extra={"enum": [version.minor for version in KUBERNETES_VERSIONS]},
    )
    public_access_cidrs: tuple[str, ...] = Field(
        default=(),
        description="Networks from which the API endpoint is reachable over the internet. Empty: "
        "private endpoint only, so the Kubernetes half must be run from inside the VPC.",
        examples=[["203.0.113.0/24"]],
    )
    allow_public_api: bool = Field(
        default=False,
        description="Must be true before `0.0.0.0/0` is accepted in `public_access_cidrs`.",
    )
    admins: tuple[str, ...] = Field(
        default=(),
        description="ARNs of IAM roles or users that become cluster administrators. The identity "
        "that deploys always is one.",
        examples=[["arn:aws:iam::123456789012:role/Admin"]],
    )
    system_nodes: SystemNodes = Field(
        default_factory=SystemNodes, description="Nodes for the hub and controllers."
    )
    log_types: tuple[LogType, ...] = Field(
        default=("api", "audit", "authenticator", "controllerManager", "scheduler"),
        description="Control-plane logs sent to CloudWatch.",
        examples=[["api", "audit"]],
    )
    log_retention_days: Literal[7, 14, 30, 60, 90, 180, 365, 400, 545, 731, 1827, 3653] = Field(
        default=90, description="Days that CloudWatch keeps the control-plane logs."
    )
    kms_key_arn: str | None = Field(
        default=None,
        description="Customer KMS key for Kubernetes secrets. Cannot be removed later. Without it "
        "EKS encrypts with a key that AWS owns.",
        examples=["arn:aws:kms:us-west-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    )
    deletion_protection: bool = Field(
        default=False,
        description="Let EKS refuse to delete the cluster; switch off and deploy before `destroy`.",
    )
    prefix_delegation: bool = Field(
        default=False,
        description="Give nodes /28 address prefixes. Only useful with more than about 30 pods a "
        "node.",
    )
