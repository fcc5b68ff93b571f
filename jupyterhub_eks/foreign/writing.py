"""A ``profiles.yaml`` as text, in the form that ``jhub init`` gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.pools import PoolConfig
from jupyterhub_eks.config.yamltext import as_yaml, as_yaml_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.profiles import ProfileConfig, ProfilesFile

_HEAD: Final = (
    "# yaml-language-server: $schema=.jhub/schema/profiles.schema.json",
    "# Node pools, and what users can start on them. Check with: jhub validate",
    "",
    "pools:",
)


def profiles_yaml(profiles: ProfilesFile) -> str:
    """Return the text of a ``profiles.yaml`` that is read back as ``profiles``."""
    lines = list(_HEAD)
    for name, pool in profiles.pools.items():
        lines += [f"  {as_yaml(name)}:", *(f"    {line}" for line in _pool(pool))]
    lines += ["", "profiles:"]
    for profile in profiles.profiles:
        first, *rest = _profile(profile)
        lines += [f"- {first}", *(f"  {line}" for line in rest)]
    return "\n".join(lines) + "\n"


def _pool(pool: PoolConfig) -> Iterator[str]:
    yield as_yaml_line("instances", pool.instances)
    if pool.sizes:
        yield as_yaml_line("sizes", pool.sizes)
    if pool.zones:
        yield as_yaml_line("zones", pool.zones)
    if pool.capacity != PoolConfig.model_fields["capacity"].default:
        yield as_yaml_line(
            "capacity", pool.capacity[0] if len(pool.capacity) == 1 else pool.capacity
        )
    if pool.gpu.sharing != "none":
        yield as_yaml_line("gpu", pool.gpu.model_dump(exclude_none=True))
    if pool.max:
        yield as_yaml_line("max", pool.max)
    if pool.disk_gib != PoolConfig.model_fields["disk_gib"].default:
        yield as_yaml_line("disk_gib", pool.disk_gib)
    if pool.labels:
        yield as_yaml_line("labels", pool.labels)
    if pool.taints:
        yield as_yaml_line("taints", [each.model_dump(mode="json") for each in pool.taints])
    if life := pool.lifetime.model_dump(mode="json", exclude_defaults=True):
        yield as_yaml_line("lifetime", life)


def _profile(profile: ProfileConfig) -> Iterator[str]:
    yield as_yaml_line("name", profile.name)
    if profile.description:
        yield as_yaml_line("description", profile.description)
    if profile.default:
        yield as_yaml_line("default", value=True)
    yield as_yaml_line("pool", profile.pool)
    for key in ("cpu", "memory"):
        section = getattr(profile, key)
        if section:
            yield as_yaml_line(key, section.model_dump())
    for key in ("gpu", "neuron"):
        if count := getattr(profile, key):
            yield as_yaml_line(key, count)
    if profile.images:
        images = profile.model_dump(mode="json", include={"images"})["images"]
        yield "images:"
        yield from (f"  {as_yaml_line(title, image)}" for title, image in images.items())
    if profile.groups:
        yield as_yaml_line("groups", profile.groups)
