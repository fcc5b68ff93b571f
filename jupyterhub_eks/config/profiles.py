"""``profiles.yaml``: node pools and the notebook profiles that run on them."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from jupyterhub_eks.config.base import Section

Quantity = Annotated[
    str, StringConstraints(pattern=r"^\d+(\.\d+)?([KMGT]i?)?$"), Field(examples=["8G", "512Mi"])
]


POOL_LIMITS: Final = ("cpu", "memory_gib", "gpu", "neuron")


class GpuSharing(Section):
    """How the NVIDIA GPUs of a pool are divided among users."""

    sharing: Literal["none", "time-slicing", "mig"] = Field(
        default="none",
        description="`none`: whole GPUs. `time-slicing`: slices without memory isolation. "
        "`mig`: isolated hardware partitions.",
    )
    slices: int | None = Field(
        default=None, ge=2, le=48, description="Users per GPU, for `time-slicing`.", examples=[4]
    )
    profile: str | None = Field(
        default=None,
        pattern=r"^\dg\.\d+gb$",
        description="Partition profile, for `mig`, e.g. `1g.24gb`.",
        examples=["1g.24gb"],
    )


class PoolConfig(Section):
    """A Karpenter node pool."""

    instances: tuple[str, ...] = Field(
        min_length=1,
        description="Instance families (`m7i`) or exact types (`g6.xlarge`).",
        examples=[["m7i", "m7a"]],
    )
    sizes: tuple[str, ...] = Field(
        default=(),
        description="Sizes taken of each family, e.g. `2xlarge`. Empty takes all but bare metal "
        "and, of GPU and Neuron families, those with more devices than a profile of the pool "
        "needs.",
        examples=[["xlarge", "2xlarge"]],
    )
    capacity: Literal["on-demand", "spot", "reserved"] = Field(
        default="on-demand",
        description="Purchase option. Spot nodes can end a session. `reserved`: capacity "
        "reservations tagged `karpenter.sh/discovery` with the deployment's name.",
    )
    max: dict[str, int] = Field(
        default_factory=dict,
        description="Upper limits of the whole pool, e.g. `{cpu: 256}`: `cpu` (cores), "
        "`memory_gib`, `gpu` (GPUs) and `neuron` (devices). A missing one is unlimited.",
        examples=[{"cpu": 256}],
        json_schema_extra={"propertyNames": {"enum": list(POOL_LIMITS)}},
    )
    gpu: GpuSharing = Field(default_factory=GpuSharing, description="Sharing of NVIDIA GPUs.")
    disk_gib: int = Field(
        default=100, ge=20, le=16384, description="Encrypted gp3 root volume of each node, GiB."
    )


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


def _default_pools() -> dict[str, PoolConfig]:
    return {
        "cpu": PoolConfig(
            instances=("m7i", "m7a", "m6i"),
            sizes=("xlarge", "2xlarge", "4xlarge"),
            max={"cpu": 256},
        )
    }


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
        default_factory=_default_pools,
        description="Node pools by name.",
        examples=[{"cpu": {"instances": ["m7i"]}}],
    )
    profiles: tuple[ProfileConfig, ...] = Field(
        default_factory=_default_profiles,
        description="Choices on the hub's server page, in order.",
        examples=[[{"name": "Data science (CPU)", "default": True, "pool": "cpu"}]],
    )
