"""Node pools of ``profiles.yaml``."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from jupyterhub_eks.config.base import Section

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


def default_pools() -> dict[str, PoolConfig]:
    """Return the pools of a deployment without ``profiles.yaml``."""
    return {
        "cpu": PoolConfig(
            instances=("m7i", "m7a", "m6i"),
            sizes=("xlarge", "2xlarge", "4xlarge"),
            max={"cpu": 256},
        )
    }
