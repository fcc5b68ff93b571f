"""A ``profiles.yaml`` as text, in the form that ``jhub init`` gives it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.profile_parts import ANY_IMAGE
from jupyterhub_eks.config.yamltext import as_yaml, as_yaml_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.profiles import ProfileConfig, ProfilesFile

_HEAD: Final = (
    "# yaml-language-server: $schema=.jhub/schema/profiles.schema.json",
    "# Node pools, and what users can start on them. Check with: jhub validate",
    "",
    "pools:",
)
_POOL_KEYS: Final = (
    "instances", "sizes", "zones", "capacity", "gpu", "dedicated", "max", "disk_gib", "labels",
    "taints", "lifetime",
)  # fmt: skip
_PROFILE_KEYS: Final = (
    "name", "description", "default", "pool", "cpu", "memory", "gpu", "neuron", "options",
    "images", "unlisted_image", "environment", "volumes", "max_age_hours", "groups",
    "kubespawner_override",
)  # fmt: skip
# Written with a line for each entry.
_BELOW: Final = frozenset({"options", "images", "environment", "kubespawner_override"})


def profiles_yaml(
    profiles: ProfilesFile, remarks: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> str:
    """Return the text of a ``profiles.yaml`` that is read back as ``profiles``.

    Args:
        profiles: Pools and profiles.
        remarks: What of a profile is not as it was, by its name; comments above it.
    """
    lines = list(_HEAD)
    for name, pool in profiles.pools.items():
        lines += [f"  {as_yaml(name)}:", *(f"    {line}" for line in _pool(pool))]
    lines += ["", "profiles:"]
    for profile in profiles.profiles:
        lines += [
            f"# not as it was: {_in_one_line(each)}" for each in remarks.get(profile.name, ())
        ]
        first, *rest = _profile(profile)
        lines += [f"- {first}", *(f"  {line}" for line in rest)]
    return "\n".join(lines) + "\n"


def _pool(pool: PoolConfig) -> Iterator[str]:
    written = pool.model_dump(mode="json", exclude_defaults=True)
    capacity = written.get("capacity", ())
    if len(capacity) == 1:
        written["capacity"] = capacity[0]
    if pool.gpu.sharing != "none":
        written["gpu"] = pool.gpu.model_dump(exclude_none=True)
    for key in _POOL_KEYS:
        if written.get(key):
            yield as_yaml_line(key, written[key])


def _profile(profile: ProfileConfig) -> Iterator[str]:
    written = profile.model_dump(mode="json", exclude_defaults=True)
    written |= {k: part.model_dump() for k in ("cpu", "memory") if (part := getattr(profile, k))}
    if profile.unlisted_image == ANY_IMAGE:
        written["unlisted_image"] = True
    for key in _PROFILE_KEYS:
        value = written.get(key)
        if value and key in _BELOW:
            yield f"{key}:"
            yield from (f"  {_line(name, each)}" for name, each in value.items())
        elif value and key == "volumes":
            yield f"{key}:"
            yield from (f"- {as_yaml(each)}" for each in value)
        elif value:
            yield as_yaml_line(key, value)


def _line(key: str, value: object) -> str:
    line = as_yaml_line(key, value)
    # Numbers with many digits are written in full.
    return line if "." not in line else f"{as_yaml(key)}: {_exact(value)}"


def _exact(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{as_yaml(k)}: {_exact(each)}" for k, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_exact, value)) + "]"
    short = as_yaml(value)
    return repr(value) if isinstance(value, float) and float(short) != value else short


def _in_one_line(text: str) -> str:
    """Return text that a comment can hold: one line, without what is no text in YAML."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
