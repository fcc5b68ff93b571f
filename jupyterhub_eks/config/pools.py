"""Node pools of ``profiles.yaml``."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from jupyterhub_eks.config.base import Section
from jupyterhub_eks.config.pool_parts import GpuSharing, Lifetime, PoolTaint, Warm

POOL_LIMITS: Final = ("cpu", "memory_gib", "gpu", "neuron", "nodes")
CapacityType = Literal["on-demand", "spot", "reserved"]
_CAPACITY_TYPES: Final = {"enum": ["on-demand", "spot", "reserved"], "type": "string"}


def _as_tuple(value: object) -> object:
    """Return one of one for a single text, as it may be written for short."""
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


Capacities = Annotated[
    tuple[CapacityType, ...],
    BeforeValidator(_as_tuple),
    WithJsonSchema(
        {
            "anyOf": [
                _CAPACITY_TYPES,
                {"type": "array", "items": _CAPACITY_TYPES, "minItems": 1, "uniqueItems": True},
            ]
        }
    ),
]


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
    architecture: Literal["amd64", "arm64"] | None = Field(
        default=None,
        description="Processor of the nodes; machines with another are left out. Unset is that "
        "of `instances`. Images must be made for it.",
        examples=["amd64"],
    )
    zones: tuple[str, ...] = Field(
        default=(),
        description="Availability zones of the nodes, all by name (`us-west-2a`) or all by id "
        "(`usw2-az1`, the same zone in every account). Empty takes every zone of the network, "
        "which is best where capacity is scarce.",
        examples=[["usw2-az1", "usw2-az2"]],
    )
    capacity: Capacities = Field(
        default=("on-demand",),
        description="Purchase option, or a list of those that will do: `reserved` is tried "
        "first, then `spot`, then `on-demand`. Spot nodes can end a session. `reserved`: "
        "capacity reservations tagged `karpenter.sh/discovery` with the deployment's name.",
        examples=["on-demand", ["spot", "on-demand"]],
    )
    max: dict[str, int] = Field(
        default_factory=dict,
        description="Upper limits of the whole pool, e.g. `{cpu: 256}`: `cpu` (cores), "
        "`memory_gib`, `gpu` (GPUs), `neuron` (devices) and `nodes`. A missing one is unlimited.",
        examples=[{"cpu": 256}],
        json_schema_extra={"propertyNames": {"enum": list(POOL_LIMITS)}},
    )
    gpu: GpuSharing = Field(default_factory=GpuSharing, description="Sharing of NVIDIA GPUs.")
    dedicated: bool = Field(
        default=False,
        description="One server has one whole machine to itself; none of its resources has to be "
        "asked for. Each server then costs a machine.",
    )
    image_family: Literal["al2023", "bottlerocket"] | None = Field(
        default=None,
        description="Operating system of the nodes: Amazon Linux 2023 or Bottlerocket. Unset is "
        "`al2023`, with `sharing: mig` `bottlerocket`.",
        examples=["bottlerocket"],
    )
    disk_gib: int = Field(
        default=100, ge=20, le=16384, description="Encrypted gp3 root volume of each node, GiB."
    )
    local_disks: Literal["auto", "raid0", "ignore"] = Field(
        default="auto",
        description="NVMe disks of the machine itself. `raid0`: images and what servers write "
        "outside of their home go there, all disks as one, faster than the root volume. "
        "`ignore`: they stay unused. `auto`: `raid0` on Amazon Linux with GPUs or Neuron, else "
        "`ignore`.",
    )
    local_disks_min_gb: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        description="Least size of those disks together, GB (10^9 bytes); machines with less are "
        "left out. Unset takes machines without them, too.",
        examples=[400],
    )
    labels: dict[str, str] = Field(
        default_factory=dict,
        description="Labels of the nodes besides our own.",
        examples=[{"example.org/team": "physics"}],
    )
    taints: tuple[PoolTaint, ...] = Field(
        default=(),
        description="Taints of the nodes besides our own. Profiles of the pool tolerate them; "
        "your other pods have to do so themselves.",
        examples=[[{"key": "example.org/team", "value": "physics", "effect": "NoSchedule"}]],
    )
    lifetime: Lifetime = Field(default_factory=Lifetime, description="When nodes go.")
    warm: Warm = Field(default_factory=Warm, description="Nodes and room that are kept ready.")


def default_pools() -> dict[str, PoolConfig]:
    """Return the pools of a deployment without ``profiles.yaml``."""
    return {
        "cpu": PoolConfig(
            instances=("m7i", "m7a", "m6i"),
            sizes=("xlarge", "2xlarge", "4xlarge"),
            max={"cpu": 256},
        )
    }
