"""``profiles.yaml``: notebook profiles and the node pools that they run on."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from jupyterhub_eks.config.amounts import Cpu, CpuRange, MemoryRange, RangeOfMemory
from jupyterhub_eks.config.base import Section
from jupyterhub_eks.config.pools import PoolConfig, default_pools
from jupyterhub_eks.config.profile_parts import (
    MOST_DEVICES,
    Image,
    ImageConfig,
    ImagePattern,
    OptionConfig,
    VolumeConfig,
)


class ProfileConfig(Section):
    """One choice on the hub's server page."""

    name: str = Field(
        min_length=1,
        max_length=100,
        description="Title that users see.",
        examples=["Data science (CPU)"],
    )
    description: str = Field(
        default="",
        description="One or two sentences that users see.",
        examples=["JupyterLab with the scientific Python stack."],
    )
    default: bool = Field(default=False, description="Preselected; exactly one profile is.")
    pool: str = Field(description="Name of the pool that runs it.", examples=["cpu"])
    cpu: Cpu | None = Field(
        default=None,
        description="CPU cores: `2`, `500m`, or `{guarantee: 1, limit: 2}`.",
        examples=[2],
    )
    memory: RangeOfMemory | None = Field(
        default=None,
        description="Memory: `8G`, `8Gi`, `512Mi`, or `{guarantee: 4G, limit: 8G}`.",
        examples=["8G"],
    )
    gpu: int = Field(
        default=0,
        ge=0,
        le=MOST_DEVICES,
        description="NVIDIA GPUs, or slices of one (only 1).",
        examples=[1],
    )
    neuron: int = Field(
        default=0,
        ge=0,
        le=MOST_DEVICES,
        description="Trainium or Inferentia devices.",
        examples=[1],
    )
    options: dict[str, OptionConfig] = Field(
        default_factory=dict,
        description="Sizes to choose from: title to what is different from the profile. Examples: "
        "`docs/profiles.md` (Writing), `examples/existing-vpc/profiles.yaml`.",
        examples=[{"Small": {"cpu": 1}, "Large": {"cpu": 2}}],
    )
    images: dict[str, Image] = Field(
        default_factory=dict,
        description="Title to image reference, with a tag or digest, or to an image with its "
        "architectures.",
        examples=[{"SciPy": "quay.io/jupyter/scipy-notebook:2025-11-10"}],
    )
    unlisted_image: ImagePattern = Field(
        default="",
        description="Lets users enter an image of their own besides `images`: `true` for any with "
        "a tag, or a regular expression that the whole reference has to match.",
        examples=["quay[.]io/jupyter/.+:.+"],
    )
    environment: dict[str, str] = Field(
        default_factory=dict,
        description="Environment variables of the server, exactly as they are written. Not for "
        "secrets: put those in a Secret and mount it with `volumes`.",
        examples=[{"OMP_NUM_THREADS": "4"}],
    )
    volumes: tuple[VolumeConfig, ...] = Field(
        default=(),
        description="What is mounted besides home and shared folder.",
        examples=[[{"name": "data", "mount": "/data", "claim": "datasets"}]],
    )
    max_servers: int | None = Field(
        default=None,
        ge=1,
        le=100_000,
        description="Most servers of the profile at once, over the whole hub; whoever comes later "
        "is asked to try again. Unset is without limit.",
        examples=[20],
    )
    max_age_hours: int | None = Field(
        default=None,
        ge=1,
        le=8760,
        description="Age at which a server of the profile ends, busy or not, hours; files stay. "
        "Unset: `idle.max_age_hours` alone counts.",
        examples=[12],
    )
    groups: tuple[str, ...] = Field(
        default=(),
        description="Groups that may see the profile; empty shows it to everyone.",
        examples=[["users"]],
    )
    kubespawner_override: dict[str, Any] = Field(
        default_factory=dict,
        description="Settings of KubeSpawner, laid over all others last; mappings are merged, "
        "`null` in one takes a key away. What they change about resources, nodes and tolerations "
        "is part of the proof that servers start.",
        examples=[{"default_url": "/tree"}],
    )


def _default_profiles() -> tuple[ProfileConfig, ...]:
    return (
        ProfileConfig(
            name="Data science (CPU)",
            description="JupyterLab with the scientific Python stack.",
            default=True,
            pool="cpu",
            cpu=CpuRange(guarantee=1, limit=2),
            memory=MemoryRange(guarantee=4 * 10**9, limit=4 * 10**9),
            images={"SciPy": ImageConfig(image="quay.io/jupyter/scipy-notebook:2025-11-10")},
        ),
    )


class ProfilesFile(Section):
    """``profiles.yaml``; without one, a single CPU profile is offered."""

    pools: dict[str, PoolConfig] = Field(
        default_factory=default_pools,
        description="Node pools by name.",
        examples=[{"cpu": {"instances": ["m7i"]}}],
    )
    profiles: tuple[ProfileConfig, ...] = Field(
        default_factory=_default_profiles,
        description="Choices on the hub's server page, in order.",
        examples=[[{"name": "Data science (CPU)", "default": True, "pool": "cpu"}]],
    )
