"""``profiles.yaml``: notebook profiles and the node pools that they run on."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from jupyterhub_eks.config.base import Section
from jupyterhub_eks.config.pools import PoolConfig, default_pools

Quantity = Annotated[
    str, StringConstraints(pattern=r"^\d+(\.\d+)?([KMGT]i?)?$"), Field(examples=["8G", "512Mi"])
]


class CpuRange(Section):
    """CPU of a server, in cores."""

    guarantee: float = Field(
        gt=0, le=1024, description="Cores reserved for the user.", examples=[1]
    )
    limit: float = Field(gt=0, le=1024, description="Most cores the user can take.", examples=[2])


class MemoryRange(Section):
    """Memory of a server, with unit (`G` decimal, `Gi` binary)."""

    guarantee: Quantity = Field(description="Memory reserved for the user, e.g. `8G`.")
    limit: Quantity = Field(description="Memory above which the server is killed, e.g. `8G`.")


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
    cpu: CpuRange | None = Field(default=None, description="CPU cores.")
    memory: MemoryRange | None = Field(default=None, description="Memory.")
    gpu: int = Field(
        default=0,
        ge=0,
        le=16,
        description="NVIDIA GPUs, or slices of one (only 1).",
        examples=[1],
    )
    neuron: int = Field(
        default=0, ge=0, le=16, description="Trainium or Inferentia devices.", examples=[1]
    )
    images: dict[str, str] = Field(
        default_factory=dict,
        description="Title to image reference, with a tag or digest.",
        examples=[{"SciPy": "quay.io/jupyter/scipy-notebook:2025-11-10"}],
    )
    groups: tuple[str, ...] = Field(
        default=(),
        description="Groups that may see the profile; empty shows it to everyone.",
        examples=[["users"]],
    )


def _default_profiles() -> tuple[ProfileConfig, ...]:
    return (
        ProfileConfig(
            name="Data science (CPU)",
            description="JupyterLab with the scientific Python stack.",
            default=True,
            pool="cpu",
            cpu=CpuRange(guarantee=1, limit=2),
            memory=MemoryRange(guarantee="4G", limit="4G"),
            images={"SciPy": "quay.io/jupyter/scipy-notebook:2025-11-10"},
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
