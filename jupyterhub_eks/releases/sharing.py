"""How the GPUs of a pool are divided: into how many parts, and by which partition. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.config.pool_parts import SMALLEST
from jupyterhub_eks.config.rules.mig import MIG_GPUS, mig_gpu

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.rules.mig import MigGpu


def slices_on(pool: PoolConfig, instance: str) -> int:
    """Return how many users share one GPU of a family or type; 1 if it is not shared.

    Raises:
        ValueError: The sharing is incomplete or the GPU cannot be divided so, both of
            which the rules for pools refuse.
    """
    if pool.gpu.sharing == "none":
        return 1
    if pool.gpu.sharing != "mig":
        if pool.gpu.slices is None:
            raise ValueError(f"{pool.gpu.sharing} without slices")
        return pool.gpu.slices
    gpu = mig_gpu(instance)
    profile = _profile(pool, gpu) if gpu else None
    if gpu is None or profile is None or profile not in gpu.slices:
        raise ValueError(f"{instance} has no MIG partition {pool.gpu.profile}")
    return gpu.slices[profile]


def slices_per_gpu(pool: PoolConfig) -> int:
    """Return how many users share one GPU of a pool; 1 if it is not shared.

    Raises:
        ValueError: As of ``slices_on``; also where it depends on the machine.
    """
    counts = {slices_on(pool, name) for name in pool.instances}
    if len(counts) != 1:
        raise ValueError(f"{pool.gpu.profile} is {sorted(counts)} partitions in one pool")
    return counts.pop()


def families_by_slices(pool: PoolConfig) -> dict[int, tuple[str, ...]]:
    """Return the families of a pool by the number of users that share one of their GPUs."""
    found: dict[int, list[str]] = {}
    for name in pool.instances:
        family = name.partition(".")[0]
        families = found.setdefault(slices_on(pool, name), [])
        if family not in families:
            families.append(family)
    return {count: tuple(families) for count, families in sorted(found.items())}


def every_slicing(pool: PoolConfig) -> Mapping[str, int]:
    """Return by family how many users share a GPU, where it depends on that; else nothing."""
    if pool.gpu.sharing != "mig" or pool.gpu.profile != SMALLEST:
        return {}
    return {family: slices_on(pool, family) for gpu in MIG_GPUS for family in sorted(gpu.families)}


def mig_profiles(pool: PoolConfig) -> dict[str, str]:
    """Return the MIG profile by Bottlerocket's name of each GPU model of a pool."""
    gpus = [mig_gpu(name) for name in pool.instances]
    return {gpu.key: _profile(pool, gpu) or "" for gpu in gpus if gpu}


def _profile(pool: PoolConfig, gpu: MigGpu) -> str | None:
    """Return the partition of a GPU model: with ``auto`` the one that gives most of them."""
    if pool.gpu.profile == SMALLEST:
        return max(gpu.slices, key=lambda name: gpu.slices[name])
    return pool.gpu.profile
