"""Rules for ``gpu`` of a pool: who can be divided how, and on which operating system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.pool_parts import SMALLEST
from jupyterhub_eks.config.rules.accelerators import is_nvidia
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.rules.mig import MIG_GPUS, mig_gpu
from jupyterhub_eks.config.rules.offered import has_known_family

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.rules.mig import MigGpu

_OWNERS: Final = {"slices": ("time-slicing", "mps"), "profile": ("mig",)}
_EXAMPLES: Final = {"slices": "slices: 4", "profile": "profile: 1g.24gb"}


def sharing_rules(path: Path, pool: PoolConfig) -> Iterator[Finding]:
    """Yield findings about the sharing of a pool's GPUs."""
    gpu, base = pool.gpu, (*path, "gpu")
    if gpu.sharing != "none" and not any(is_nvidia(name) for name in pool.instances):
        yield Finding(
            path=(*base, "sharing"),
            message=f"`sharing: {gpu.sharing}` needs machines with NVIDIA GPUs",
            hint="write e.g. `instances: [g6.xlarge]`, or `sharing: none`",
            also=((*path, "instances"),),
        )
    yield from _keys(base, pool)
    if gpu.sharing == "mps":
        yield Finding(
            path=(*base, "sharing"),
            message="`sharing: mps` is experimental, says NVIDIA; a crash of one user's program "
            "can end those of the others on the GPU",
            hint="try it before a class, or write `sharing: time-slicing`",
            severity="warning",
        )
    if gpu.sharing == "mig":
        yield from _mig(path, pool)
    yield from _image_family(path, pool)


def _keys(base: Path, pool: PoolConfig) -> Iterator[Finding]:
    sharing = pool.gpu.sharing
    for key, owners in _OWNERS.items():
        value = getattr(pool.gpu, key)
        if sharing in owners and value is None:
            yield Finding(
                path=(*base, key),
                message=f"`sharing: {sharing}` needs `{key}`",
                hint=f"add e.g. `{_EXAMPLES[key]}`",
                also=((*base, "sharing"),),
            )
        if sharing not in owners and value is not None:
            yield Finding(
                path=(*base, key),
                message=f"`{key}` belongs to `sharing: {owners[0]}`, and this pool has `{sharing}`",
                hint=f"write `sharing: {owners[0]}`, or remove `{key}`",
                also=((*base, "sharing"),),
            )


def _image_family(path: Path, pool: PoolConfig) -> Iterator[Finding]:
    """Yield a sharing that the operating system of the nodes does not do."""
    needed = {"mig": "bottlerocket", "mps": "al2023"}.get(pool.gpu.sharing)
    if needed and pool.image_family not in (None, needed):
        yield Finding(
            path=(*path, "image_family"),
            message=f"`sharing: {pool.gpu.sharing}` is set up on `{needed}` only",
            hint=f"write `image_family: {needed}`, or remove it",
            also=((*path, "gpu"),),
        )


def _mig(path: Path, pool: PoolConfig) -> Iterator[Finding]:
    also: tuple[Path, ...] = ((*path, "gpu", "sharing"),)
    gpus: dict[str, MigGpu] = {}
    for index, name in enumerate(pool.instances):
        gpu = mig_gpu(name)
        if gpu:
            gpus[gpu.key] = gpu
        elif is_nvidia(name) or not has_known_family(name):
            families = sorted(family for each in MIG_GPUS for family in each.families)
            yield Finding(
                path=(*path, "instances", index),
                message=f"the GPUs of `{name}` are not among those that can be partitioned (MIG)",
                hint=f"take one of {', '.join(families)}, or `sharing: time-slicing`",
                also=also,
            )
    if pool.gpu.profile == SMALLEST:
        yield from _unequal_limit(path, pool, gpus)
        return
    for gpu in gpus.values():
        if pool.gpu.profile is not None and pool.gpu.profile not in gpu.slices:
            known = ", ".join(f"`{name}` ({count} on a GPU)" for name, count in gpu.slices.items())
            several = ", or `auto`, or make a pool of each GPU" * (len(gpus) > 1)
            yield Finding(
                path=(*path, "gpu", "profile"),
                message=f"`{pool.gpu.profile}` is no equal part of an {gpu.title}",
                hint=f"write one of {known}{several}",
                also=((*path, "instances"), *also),
            )


def _unequal_limit(path: Path, pool: PoolConfig, gpus: dict[str, MigGpu]) -> Iterator[Finding]:
    """Yield an upper limit in GPUs where these have different numbers of partitions.

    Karpenter counts partitions, and no number of them is a number of GPUs then.
    """
    counts = {max(gpu.slices.values()) for gpu in gpus.values()}
    if "gpu" in pool.max and len(counts) > 1:
        yield Finding(
            path=(*path, "max", "gpu"),
            message="GPUs of this pool have different numbers of partitions, so they cannot be "
            "limited together",
            hint="limit `nodes` or `cpu` instead, or make a pool of each GPU",
            also=((*path, "instances"), (*path, "gpu")),
        )
