"""The root of ``jhub.yaml``, and everything a deployment is made from."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from jupyterhub_eks.config.access import AccessConfig, IdleConfig, StateConfig
from jupyterhub_eks.config.appearance import AppearanceConfig
from jupyterhub_eks.config.auth import AuthConfig
from jupyterhub_eks.config.base import Section
from jupyterhub_eks.config.budget import BudgetConfig
from jupyterhub_eks.config.cluster import ClusterConfig
from jupyterhub_eks.config.logins.dummy import DummyAuth
from jupyterhub_eks.config.network import NetworkConfig
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.config.storage import StorageConfig

DEFAULT_NAME = "jupyterhub-on-eks"


class DeploymentFile(Section):
    """``jhub.yaml``: one JupyterHub deployment on AWS."""

    name: str = Field(
        default=DEFAULT_NAME,
        pattern=r"^[a-z][a-z0-9-]*[a-z0-9]$",
        min_length=2,
        max_length=100,
        description="Name of the EKS cluster and prefix and tag of every resource: lower-case "
        "letters, digits and hyphens, 2 to 100 characters. Cannot change after the first deploy.",
    )
    region: str = Field(
        default="us-west-2",
        pattern=r"^[a-z]{2}(-[a-z]+)+-\d$",
        description="AWS region, e.g. `us-west-2`. Cannot change after the first deploy.",
    )
    account: str | None = Field(
        default=None,
        pattern=r"^\d{12}$",
        description="AWS account id, quoted; any other account is refused.",
        examples=["123456789012"],
    )
    tags: dict[str, str] = Field(
        default_factory=dict,
        description="Tags put on every resource besides the deployment's own; at most 40.",
        examples=[{"team": "research"}],
    )
    network: NetworkConfig = Field(
        default_factory=NetworkConfig, description="VPC and subnets.", examples=[{"zones": 3}]
    )
    cluster: ClusterConfig = Field(default_factory=ClusterConfig, description="EKS cluster.")
    storage: StorageConfig = Field(default_factory=StorageConfig, description="EFS volumes.")
    auth: AuthConfig = Field(
        default_factory=lambda: DummyAuth(type="dummy"),
        description="Login: `dummy`, `cognito`, `oauth`, `native` or `custom`.",
    )
    access: AccessConfig = Field(default_factory=AccessConfig, description="URL and exposure.")
    appearance: AppearanceConfig = Field(
        default_factory=AppearanceConfig, description="How the hub's pages look."
    )
    idle: IdleConfig = Field(default_factory=IdleConfig, description="Culling of idle servers.")
    budget: BudgetConfig = Field(
        default_factory=BudgetConfig, description="How much it may cost, and who is told."
    )
    state: StateConfig = Field(default_factory=StateConfig, description="Terraform state.")
    hub_values: dict[str, Any] = Field(
        default_factory=dict,
        description="Values merged last into those of the JupyterHub chart; your last word.",
        examples=[{"hub": {"shutdownOnLogout": True}}],
    )


class Deployment(Section):
    """Both files, checked together: the input of synthesis and orchestration."""

    settings: DeploymentFile = Field(description="Contents of ``jhub.yaml``.")
    profiles: ProfilesFile = Field(description="Contents of ``profiles.yaml``.")

    @property
    def name(self) -> str:
        """Name of the deployment."""
        return self.settings.name
