"""Rules for ``pools`` of profiles.yaml: instances and GPU sharing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.forms import slug
from jupyterhub_eks.config.pools import POOL_LIMITS
from jupyterhub_eks.config.rules.accelerators import is_neuron, is_nvidia
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.rules.instances import (
    SIZE,
    architecture,
    instance_meant,
    is_family,
    is_type,
    size_meant,
)
from jupyterhub_eks.config.rules.lifetime import capacity_rules, lifetime_rules
from jupyterhub_eks.config.rules.node_labels import label_rules
from jupyterhub_eks.config.rules.offered import doubt, doubt_of_size, has_known_family
from jupyterhub_eks.config.rules.sharing import sharing_rules
from jupyterhub_eks.config.rules.warm import warm_rules
from jupyterhub_eks.config.rules.zones import zone_rules
from jupyterhub_eks.config.variants import places
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.profiles import ProfilesFile

# The pool's name becomes the name of a Kubernetes NodePool and a label value.
_POOL_NAME = re.compile(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?")

_MAC: Final = re.compile(r"mac[0-9-]")


def pool_rules(profiles: ProfilesFile, settings: DeploymentFile) -> Iterator[Finding]:
    """Yield findings about each pool on its own, and where it is to be."""
    used = {name for profile in profiles.profiles for name, _ in places(profile)}
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
        yield from _architecture(path, pool)
        yield from zone_rules(path, pool, settings)
        yield from capacity_rules(path, pool)
        yield from sharing_rules(path, pool)
        yield from _limits(path, pool)
        yield from _local_disks(path, pool)
        yield from label_rules(path, pool)
        yield from lifetime_rules(path, pool)
        yield from warm_rules(path, name, pool, profiles.pools, has_profile=name in used)


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
    yield from _macs(path, pool)
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
    kinds = {_kind(name) for name in good} - {""}
    if len(kinds) > 1:
        yield Finding(
            path=(*path, "instances"),
            message=f"one pool mixes {' and '.join(sorted(kinds))} machines",
            hint="make a pool of each kind, so that a profile gets what it says",
        )
    if pool.architecture is None and len({architecture(name) for name in good}) > 1:
        yield Finding(
            path=(*path, "instances"),
            message="one pool mixes Graviton (arm64) and Intel/AMD machines; most images run "
            "on one",
            hint="make a pool of each, or say which you mean, e.g. `architecture: amd64`",
        )


def _macs(path: Path, pool: PoolConfig) -> Iterator[Finding]:
    for index, name in enumerate(pool.instances):
        if _MAC.match(name):
            yield Finding(
                path=(*path, "instances", index),
                message=f"`{name}` is a Mac, which EC2 starts on a dedicated host only and which "
                "runs no Linux: Karpenter starts none",
                hint="write e.g. `m7g`",
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
    """Return what the machines of a family or type are; empty where nobody knows the family."""
    if is_nvidia(instance):
        return "NVIDIA"
    if is_neuron(instance):
        return "Neuron"
    return "CPU" if has_known_family(instance) else ""


def _architecture(path: Path, pool: PoolConfig) -> Iterator[Finding]:
    names = [name for name in pool.instances if is_type(name) or is_family(name)]
    if pool.architecture and names and pool.architecture not in map(architecture, names):
        found = architecture(names[0])
        yield Finding(
            path=(*path, "architecture"),
            message=f"no machine of the pool is {pool.architecture}; `{names[0]}` is {found}",
            hint=f"write `architecture: {found}`, or remove it",
            also=((*path, "instances"),),
        )


def _local_disks(path: Path, pool: PoolConfig) -> Iterator[Finding]:
    """Yield a pool that asks for disks which none of its known machines has."""
    least = pool.local_disks_min_gb
    known = [catalog().named(name) for name in pool.instances]
    if least is None or not all(known):
        return
    largest = max(
        (
            machine.nvme_gb
            for name, machines in zip(pool.instances, known, strict=True)
            for machine in machines
            if "." in name or not pool.sizes or machine.size in pool.sizes
        ),
        default=least,
    )
    if largest < least:
        has = f"the most is {largest} GB" if largest else "they have none"
        yield Finding(
            path=(*path, "local_disks_min_gb"),
            message=f"no machine of the pool has {least} GB of disks of its own; {has}",
            hint=f"write `local_disks_min_gb: {largest}` or less"
            if largest
            else "choose machines with a `d` behind the generation, e.g. `instances: [m7gd]`",
            also=((*path, "instances"), (*path, "sizes")),
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
