"""Rules for ``gpu`` and ``neuron`` of a profile and its sizes, and the pool that has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.config.rules.accelerators import is_neuron, is_nvidia
from jupyterhub_eks.config.rules.finding import Finding, Path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.variants import Variant


def device_rules(path: Path, variant: Variant, pool: PoolConfig) -> Iterator[Finding]:
    """Yield findings about what one size of a profile asks of its pool.

    Args:
        path: Of the profile.
        variant: The size.
        pool: The pool that it names.
    """
    profile = variant.profile
    also: tuple[Path, ...] = ((*path, *variant.path("pool")), ("pools", profile.pool))
    if profile.gpu and profile.neuron:
        key = "gpu" if "gpu" in variant.own else "neuron"
        yield Finding(
            path=(*path, *variant.path(key)),
            message="no machine has both GPUs and Neuron devices",
            hint="keep `gpu` or `neuron`",
        )
    nvidia = any(is_nvidia(name) for name in pool.instances)
    neuron = any(is_neuron(name) for name in pool.instances)
    for key, has, machines in (("gpu", nvidia, "g6.xlarge"), ("neuron", neuron, "inf2.xlarge")):
        wanted = getattr(profile, key)
        if wanted and not has:
            yield Finding(
                path=(*path, *variant.path(key)),
                message=f"`{key}: {wanted}`, but no machine of the pool `{profile.pool}` has one",
                hint=f"choose a pool with e.g. `instances: [{machines}]`, or remove `{key}`",
                also=also,
            )
        if has and nvidia != neuron and not (profile.gpu or profile.neuron):
            yield _unused(path, variant, key, also)
    yield from _slices(path, variant, pool, also)
    yield from _costly_default(path, variant)


def _unused(path: Path, variant: Variant, key: str, also: tuple[Path, ...]) -> Finding:
    what = "the profile" if variant.option is None else f"the size `{variant.option}`"
    place = variant.path(key) if key in variant.own else variant.path("pool")
    return Finding(
        path=(*path, *place),
        message=f"the pool `{variant.profile.pool}` has accelerators, and {what} asks for none",
        hint=f"add `{key}: 1`, or choose a CPU pool",
        also=also,
        severity="warning",
    )


def _slices(
    path: Path, variant: Variant, pool: PoolConfig, also: tuple[Path, ...]
) -> Iterator[Finding]:
    count = variant.profile.gpu
    if pool.gpu.sharing != "none" and count > 1:
        yield Finding(
            path=(*path, *variant.path("gpu")),
            message=f"`gpu: {count}` in the pool `{variant.profile.pool}`, whose GPUs are shared "
            f"({pool.gpu.sharing}); more slices are not more GPU",
            hint="write `gpu: 1`, or choose a pool with `sharing: none`",
            also=also,
        )


def _costly_default(path: Path, variant: Variant) -> Iterator[Finding]:
    profile = variant.profile
    if profile.default and variant.is_default and (profile.gpu or profile.neuron):
        yield Finding(
            path=(*path, "default"),
            message=f"the default `{profile.name}` starts an accelerator for everybody who just "
            "presses Start",
            hint="make a CPU profile the default",
            severity="warning",
        )
