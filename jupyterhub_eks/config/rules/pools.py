"""Rules for ``pools`` of profiles.yaml: instances and GPU sharing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.forms import slug
from jupyterhub_eks.config.pools import POOL_LIMITS
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.rules.instances import (
    SIZE,
    architecture,
    instance_meant,
    is_family,
    is_type,
    size_meant,
)
from jupyterhub_eks.config.rules.mig import MIG_GPUS, mig_gpu
from jupyterhub_eks.config.rules.offered import doubt, doubt_of_size
from jupyterhub_eks.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.profiles import ProfilesFile

# The pool's name becomes the name of a Kubernetes NodePool and a label value.
_POOL_NAME = re.compile(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?")
_NVIDIA = re.compile(r"(?:g[3-9][a-z]*|gr6[a-z]*|p[2-9][a-z]*(?:-[a-z0-9]+)?)")
_AMD_GPU: Final = frozenset({"g4ad"})
_NEURON = re.compile(r"(?:trn|inf)\d[a-z]*")


def pool_rules(profiles: ProfilesFile) -> Iterator[Finding]:
    """Yield findings about each pool on its own."""
    if not profiles.pools:
        yield Finding(
            path=("pools",),
            message="there is no pool",
            hint="write e.g. `pools: {cpu: {instances: [m7i]}}`",
            also=(("pools",),),
        )
    for name, pool in profiles.pools.items():
        path: Path = ("pools", name)
        if not _POOL_NAME.fullmatch(name):
            yield Finding(
                path=path,
                message=f"`{name[:60]}` is no name for a pool",
                hint=f"write e.g. `{slug(name, 40, 'pool')}`; allowed: up to 40 lower-case "
                "letters, digits and hyphens; a letter first, no hyphen last",
            )
        yield from _instances(path, pool)
        yield from _sharing(path, pool)
        yield from _limits(path, pool)


def is_nvidia(instance: str) -> bool:
    """Whether a family or type carries NVIDIA GPUs, by its name."""
    family = instance.partition(".")[0]
    return family not in _AMD_GPU and _NVIDIA.fullmatch(family) is not None


def is_neuron(instance: str) -> bool:
    """Whether a family or type carries Trainium or Inferentia devices, by its name."""
    family = instance.partition(".")[0]
    return family != "inf1" and _NEURON.fullmatch(family) is not None


def _instances(path: Path, pool: PoolConfig) -> Iterator[Finding]:
    good = []
    for index, name in enumerate(pool.instances):
        if is_type(name) or is_family(name):
            good.append(name)
            continue
        yield Finding(
            path=(*path, "instances", index),
            message=f"`{name}` is neither an instance family nor a type",
            hint=f"write e.g. `{instance_meant(name) or 'm7i` or `g6.xlarge'}`",
        )
    for index, size in enumerate(pool.sizes):
        if not SIZE.fullmatch(size):
            yield Finding(
                path=(*path, "sizes", index),
                message=f"`{size}` is not an instance size",
                hint=f"write e.g. `{size_meant(size) or 'xlarge` or `2xlarge'}`",
            )
    yield from _unknown(path, pool, good)
    if pool.sizes and good and all("." in name for name in good):
        yield Finding(
            path=(*path, "sizes"),
            message="`sizes` has no effect: all `instances` name their size",
            hint="remove `sizes`, or name families",
            severity="warning",
        )
    families = [name for name in good if "." not in name]
    if families and len(families) < len(good) and not pool.sizes:
        yield Finding(
            path=(*path, "instances"),
            message=f"one pool mixes families (`{families[0]}`) and exact types, and no `sizes` "
            "says which machines of the families are meant",
            hint="add e.g. `sizes: [xlarge]`, or name only families, or only types",
        )
    kinds = {_kind(name) for name in good}
    if len(kinds) > 1:
        yield Finding(
            path=(*path, "instances"),
            message=f"one pool mixes {' and '.join(sorted(kinds))} machines",
            hint="make a pool of each kind, so that a profile gets what it says",
        )
    if len({architecture(name) for name in good}) > 1:
        yield Finding(
            path=(*path, "instances"),
            message="one pool mixes Graviton (arm64) and Intel/AMD machines; most images run "
            "on one",
            hint="make a pool of each",
        )


def _unknown(path: Path, pool: PoolConfig, good: list[str]) -> Iterator[Finding]:
    """Yield a warning for each well-formed name that no machine is known by."""
    places = [((*path, "instances", pool.instances.index(name)), doubt(name)) for name in good]
    families = [name for name in good if "." not in name]
    for index, size in enumerate(pool.sizes):
        if SIZE.fullmatch(size):
            places.append(((*path, "sizes", index), doubt_of_size(size, families)))
    for place, found in places:
        if found:
            message, hint = found
            yield Finding(path=place, message=message, hint=hint, severity="warning")


def _kind(instance: str) -> str:
    if is_nvidia(instance):
        return "NVIDIA"
    return "Neuron" if is_neuron(instance) else "CPU"


def _sharing(path: Path, pool: PoolConfig) -> Iterator[Finding]:
    gpu, base = pool.gpu, (*path, "gpu")
    if gpu.sharing != "none" and not any(is_nvidia(name) for name in pool.instances):
        yield Finding(
            path=(*base, "sharing"),
            message=f"`sharing: {gpu.sharing}` needs machines with NVIDIA GPUs",
            hint="write e.g. `instances: [g6.xlarge]`, or `sharing: none`",
            also=((*path, "instances"),),
        )
    for key, owner, example in (
        ("slices", "time-slicing", "slices: 4"),
        ("profile", "mig", "profile: 1g.24gb"),
    ):
        value = getattr(gpu, key)
        if gpu.sharing == owner and value is None:
            yield Finding(
                path=(*base, key),
                message=f"`sharing: {owner}` needs `{key}`",
                hint=f"add e.g. `{example}`",
                also=((*base, "sharing"),),
            )
        if gpu.sharing != owner and value is not None:
            yield Finding(
                path=(*base, key),
                message=f"`{key}` belongs to `sharing: {owner}`, and this pool has `{gpu.sharing}`",
                hint=f"write `sharing: {owner}`, or remove `{key}`",
                also=((*base, "sharing"),),
            )
    if gpu.sharing == "mig":
        yield from _mig(path, pool)


def _mig(path: Path, pool: PoolConfig) -> Iterator[Finding]:
    also: tuple[Path, ...] = ((*path, "gpu", "sharing"),)
    gpus = {}
    for index, name in enumerate(pool.instances):
        gpu = mig_gpu(name)
        if gpu:
            gpus[gpu.key] = gpu
        elif is_nvidia(name):
            families = sorted(family for each in MIG_GPUS for family in each.families)
            yield Finding(
                path=(*path, "instances", index),
                message=f"the GPUs of `{name}` are not among those that can be partitioned (MIG)",
                hint=f"take one of {', '.join(families)}, or `sharing: time-slicing`",
                also=also,
            )
    for gpu in gpus.values():
        if pool.gpu.profile is not None and pool.gpu.profile not in gpu.slices:
            known = ", ".join(f"`{name}` ({count} on a GPU)" for name, count in gpu.slices.items())
            yield Finding(
                path=(*path, "gpu", "profile"),
                message=f"`{pool.gpu.profile}` is no equal part of an {gpu.title}",
                hint=f"write one of {known}" + (", or make a pool of each GPU" * (len(gpus) > 1)),
                also=((*path, "instances"), *also),
            )


def _limits(path: Path, pool: PoolConfig) -> Iterator[Finding]:
    for key, value in pool.max.items():
        if key not in POOL_LIMITS:
            yield Finding(
                path=(*path, "max", key),
                message=f"`{key[:60]}` is not something a pool is limited by",
                hint=did_you_mean(key, POOL_LIMITS),
            )
        elif value < 1:
            yield Finding(
                path=(*path, "max", key),
                message=f"`{key}: {value}` lets no node start",
                hint=f"write `{key}: 1` or more, or remove the pool",
            )
