"""Rules for ``profiles`` of profiles.yaml, and how they fit pools and login."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.auth import CognitoAuth
from jupyterhub_eks.config.rules.accelerators import is_neuron, is_nvidia
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.rules.login import Auth, group_hint, known_groups
from jupyterhub_eks.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.profiles import ProfileConfig, ProfilesFile

_IMAGE = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9._:/-]*?)(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_FACTORS: Final = {
    "": 1,
    "K": 10**3,
    "M": 10**6,
    "G": 10**9,
    "T": 10**12,
    "Ki": 1 << 10,
    "Mi": 1 << 20,
    "Gi": 1 << 30,
    "Ti": 1 << 40,
}
# Less than this and JupyterLab itself is killed while it starts.
_LEAST_MEMORY: Final = 256 * 10**6


def profile_rules(profiles: ProfilesFile, auth: Auth) -> Iterator[Finding]:
    """Yield findings about the profiles, alone and together."""
    yield from _list(profiles)
    for index, profile in enumerate(profiles.profiles):
        path: Path = ("profiles", index)
        pool = profiles.pools.get(profile.pool)
        if pool is None:
            yield Finding(
                path=(*path, "pool"),
                message=f"there is no pool `{profile.pool}`",
                hint=did_you_mean(profile.pool, profiles.pools),
                also=(("pools", profile.pool),),
            )
        else:
            yield from _accelerators(path, profile, pool)
        yield from _costly_default(path, profile)
        yield from _resources(path, profile)
        yield from _images(path, profile)
        yield from _groups(path, profile, auth)
    used = {profile.pool for profile in profiles.profiles}
    for name in profiles.pools:
        if name not in used:
            yield Finding(
                path=("pools", name),
                message=f"no profile uses the pool `{name}`",
                hint="add a profile for it, or remove it",
                also=(("profiles",),),
                severity="warning",
            )


def in_bytes(quantity: str) -> Decimal:
    """Return a memory quantity such as ``8G`` in bytes."""
    number = quantity.rstrip("KMGTi")
    return Decimal(number) * _FACTORS[quantity[len(number) :]]


def _list(profiles: ProfilesFile) -> Iterator[Finding]:
    entries = profiles.profiles
    if not entries:
        yield Finding(
            path=("profiles",),
            message="there is no profile, so no server could be started",
            hint="add one, or remove `profiles` for the default one",
        )
        return
    defaults = [index for index, entry in enumerate(entries) if entry.default]
    if not defaults:
        yield Finding(
            path=("profiles",),
            message="no profile is the default",
            hint=f"add `default: true` to one, e.g. `{entries[0].name}`",
            also=(("profiles",),),
        )
    for index in defaults[1:]:
        yield Finding(
            path=("profiles", index, "default"),
            message=f"`{entries[index].name}` is a second default; "
            f"`{entries[defaults[0]].name}` is one already",
            hint="keep `default: true` on one profile",
        )
    names = [_slug(entry.name) for entry in entries]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Finding(
                path=("profiles", index, "name"),
                message=f"the name `{entries[index].name}` is taken by another profile",
                hint="give each profile its own name; case and punctuation do not count",
            )


def _slug(name: str) -> str:
    """Return what the hub makes of a title; two equal ones would be one choice."""
    return re.sub(r"[^\w]+", "-", name.lower()).strip("-")


def _accelerators(path: Path, profile: ProfileConfig, pool: PoolConfig) -> Iterator[Finding]:
    also: tuple[Path, ...] = ((*path, "pool"), ("pools", profile.pool))
    nvidia = any(is_nvidia(name) for name in pool.instances)
    neuron = any(is_neuron(name) for name in pool.instances)
    if profile.gpu and profile.neuron:
        yield Finding(
            path=(*path, "neuron"),
            message="no machine has both GPUs and Neuron devices",
            hint="keep `gpu` or `neuron`",
        )
    for key, has, machines in (("gpu", nvidia, "g6.xlarge"), ("neuron", neuron, "inf2.xlarge")):
        wanted = getattr(profile, key)
        if wanted and not has:
            yield Finding(
                path=(*path, key),
                message=f"`{key}: {wanted}`, but no machine of the pool `{profile.pool}` has one",
                hint=f"choose a pool with e.g. `instances: [{machines}]`, or remove `{key}`",
                also=also,
            )
        if has and nvidia != neuron and not (profile.gpu or profile.neuron):
            yield Finding(
                path=(*path, "pool"),
                message=f"the pool `{profile.pool}` has accelerators, and the profile asks for "
                "none",
                hint=f"add `{key}: 1`, or choose a CPU pool",
                also=also,
                severity="warning",
            )
    if pool.gpu.sharing != "none" and profile.gpu > 1:
        yield Finding(
            path=(*path, "gpu"),
            message=f"`gpu: {profile.gpu}` in the pool `{profile.pool}`, whose GPUs are shared "
            f"({pool.gpu.sharing}); more slices are not more GPU",
            hint="write `gpu: 1`, or choose a pool with `sharing: none`",
            also=also,
        )


def _costly_default(path: Path, profile: ProfileConfig) -> Iterator[Finding]:
    if profile.default and (profile.gpu or profile.neuron):
        yield Finding(
            path=(*path, "default"),
            message=f"the default `{profile.name}` starts an accelerator for everybody who just "
            "presses Start",
            hint="make a CPU profile the default",
            severity="warning",
        )


def _resources(path: Path, profile: ProfileConfig) -> Iterator[Finding]:
    cpu, memory = profile.cpu, profile.memory
    if cpu and cpu.guarantee > cpu.limit:
        yield Finding(
            path=(*path, "cpu", "limit"),
            message=f"`limit: {cpu.limit:g}` is less than `guarantee: {cpu.guarantee:g}`",
            hint=f"write `limit: {cpu.guarantee:g}` or more",
            also=((*path, "cpu", "guarantee"),),
        )
    if not memory:
        return
    if in_bytes(memory.guarantee) > in_bytes(memory.limit):
        yield Finding(
            path=(*path, "memory", "limit"),
            message=f"`limit: {memory.limit}` is less than `guarantee: {memory.guarantee}`",
            hint=f"write `limit: {memory.guarantee}` or more",
            also=((*path, "memory", "guarantee"),),
        )
    if in_bytes(memory.limit) < _LEAST_MEMORY:
        unit = "" if memory.limit[-1].isalpha() else "; without a unit it counts bytes"
        yield Finding(
            path=(*path, "memory", "limit"),
            message=f"`limit: {memory.limit}` is too little for JupyterLab to start{unit}",
            hint="write e.g. `limit: 4G`",
        )


def _images(path: Path, profile: ProfileConfig) -> Iterator[Finding]:
    for title, image in profile.images.items():
        where = (*path, "images", title)
        match = _IMAGE.fullmatch(image)
        if not match:
            yield Finding(
                path=where,
                message=f"`{image}` is not an image reference",
                hint="write e.g. `quay.io/jupyter/scipy-notebook:2025-11-10`",
            )
        elif not (match["tag"] or match["digest"]):
            yield Finding(
                path=where,
                message=f"`{image}` has no tag, so it could change under running users",
                hint=f"write e.g. `{image}:2025-11-10`",
            )
        elif match["tag"] == "latest" and not match["digest"]:
            yield Finding(
                path=where,
                message=f"`{image}` can change under running users",
                hint="write a fixed tag, e.g. a date",
                severity="warning",
            )


def _groups(path: Path, profile: ProfileConfig, auth: Auth) -> Iterator[Finding]:
    known = known_groups(auth)
    if known is None:
        return
    also: tuple[Path, ...] = (("auth", "type"), ("auth", "groups"))
    for index, group in enumerate(profile.groups):
        where = (*path, "groups", index)
        if isinstance(auth, CognitoAuth) and group not in known:
            yield Finding(
                path=where,
                message=f"the group `{group}` does not exist in the user pool",
                hint=f"{group_hint(group, known)} in jhub.yaml",
                also=also,
            )
        elif not known:
            yield Finding(
                path=where,
                message=f"`type: {auth.type}` knows no groups, so nobody sees "
                f"`{profile.name}` but administrators",
                hint="remove `groups`, or use a login with groups (cognito, oauth)",
                also=also,
                severity="warning",
            )
