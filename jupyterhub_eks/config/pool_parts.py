"""Sections of a node pool: sharing of GPUs, taints, life of nodes, what is kept warm."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jupyterhub_eks.config.base import Section

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Effect = Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]
# The partition that most users fit on, of each GPU model on its own.
SMALLEST = "auto"


class GpuSharing(Section):
    """How the NVIDIA GPUs of a pool are divided among users."""

    sharing: Literal["none", "time-slicing", "mps", "mig"] = Field(
        default="none",
        description="`none`: whole GPUs. `time-slicing`: turns, without memory isolation. "
        "`mps`: at the same time, each with at most its equal part of memory and compute; one "
        "crash may end the others, and `/dev/shm` is common to them. NVIDIA calls it "
        "experimental. `mig`: isolated hardware partitions.",
    )
    slices: int | None = Field(
        default=None,
        ge=2,
        le=48,
        description="Users per GPU, for `time-slicing` and `mps`. With `mps` each has 1/slices "
        "of its memory.",
        examples=[4],
    )
    profile: str | None = Field(
        default=None,
        pattern=r"^(auto|\dg\.\d+gb)$",
        description="Partition profile, for `mig`, e.g. `1g.24gb`. `auto`: the smallest of each "
        "GPU model, for most users.",
        examples=["1g.24gb"],
    )


class PoolTaint(Section):
    """A taint of a pool's nodes; its profiles tolerate it by themselves."""

    key: str = Field(description="Key, e.g. `example.org/team`.", examples=["example.org/team"])
    value: str = Field(default="", description="Value; may be empty.", examples=["physics"])
    effect: Effect = Field(
        default="NoSchedule",
        description="What becomes of pods without the toleration: `NoSchedule` keeps new ones "
        "away, `NoExecute` also ends those that run, `PreferNoSchedule` puts others first.",
    )


class Maintenance(Section):
    """Weekly hours in which nodes of an older image or configuration are replaced."""

    days: tuple[Day, ...] = Field(
        default=DAYS,
        min_length=1,
        description="Days on which it begins, in UTC.",
        examples=[["sat", "sun"]],
    )
    start_hour: int = Field(default=2, ge=0, le=23, description="Hour at which it begins, in UTC.")
    hours: int = Field(default=4, ge=1, le=23, description="How long it lasts, hours.")
    nodes: int = Field(
        default=1, ge=1, le=1000, description="Most nodes of the pool that are replaced at a time."
    )


class Lifetime(Section):
    """When nodes of a pool go. A running server keeps its node, but as said here."""

    consolidation: Literal["empty", "underutilized"] | None = Field(
        default=None,
        description="`empty`: only nodes without pods are removed. `underutilized`: nodes "
        "without servers also when other pods, e.g. placeholders, fit elsewhere. Unset is "
        "`empty`, with `warm.servers` `underutilized`.",
        examples=["empty"],
    )
    consolidate_after_minutes: int = Field(
        default=5,
        ge=1,
        le=1440,
        description="How long a node stays after its last server ended, minutes. It is paid for.",
    )
    expire_after_hours: int | None = Field(
        default=None,
        ge=1,
        le=8760,
        description="Age at which a node is replaced, hours; its servers end at the latest "
        "`drain_hours` later. Unset is never.",
        examples=[336],
    )
    drain_hours: int = Field(
        default=24,
        ge=1,
        le=720,
        description="Longest that a node which has to go waits for its servers, hours; then they "
        "end.",
    )
    maintenance: Maintenance | None = Field(
        default=None,
        description="Hours in which nodes of an older image or configuration are replaced; their "
        "servers end at the latest `drain_hours` later. Unset: only once they are empty.",
        examples=[{"days": ["sat", "sun"], "start_hour": 2, "hours": 4}],
    )


class Warm(Section):
    """What is kept ready so that servers start without waiting. Paid for at all hours."""

    nodes: int = Field(
        default=0,
        ge=0,
        le=1000,
        description="Nodes that always run, each of the pool's cheapest machine, outside of "
        "`max`. Each costs its full price at all hours, also with nobody on it. Uses Karpenter's "
        "alpha feature StaticCapacity.",
    )
    servers: int = Field(
        default=0,
        ge=0,
        le=1000,
        description="Servers for which there is always room beside those that run, each as large "
        "as the pool's largest profile. A placeholder holds the room, gives way to a user at "
        "once, and makes Karpenter start a node when none is left. Costs the nodes that this "
        "takes, at all hours, within `max`.",
    )
