"""The choices on the server page, from ``profiles.yaml``."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.rules.accelerators import is_nvidia
from jupyterhub_eks.config.rules.profiles import in_bytes
from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.merging import merge
from jupyterhub_eks.releases.z2jh.dedicated import dedicated
from jupyterhub_eks.releases.z2jh.hooks import hook
from jupyterhub_eks.releases.z2jh.slugs import slugs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.profiles import ProfileConfig, ProfilesFile

SPOT_NOTE: Final = "On a spot machine, which AWS may take back at two minutes' notice."


def profile_values(
    profiles: ProfilesFile,
    extra_tolerations: Sequence[Mapping[str, Any]] = (),
    *,
    note: str = "",
) -> dict[str, Any]:
    """Return ``singleuser.profileList``, and the hook that keeps profiles to their groups.

    Args:
        profiles: Contents of ``profiles.yaml``.
        extra_tolerations: Tolerations of every user pod besides those of its pool; a
            profile's own replace the chart's list.
        note: What users are told of every profile.

    Raises:
        KeyError: A profile names a pool that does not exist; validation finds that.
    """
    names = slugs([profile.name for profile in profiles.profiles])
    entries = [
        _entry(slug, profile, profiles.pools[profile.pool], extra_tolerations)
        | _description(profile, profiles.pools[profile.pool], note)
        for slug, profile in zip(names, profiles.profiles, strict=True)
    ]
    values: dict[str, Any] = {"singleuser": {"profileList": entries}}
    if any(profile.groups for profile in profiles.profiles):
        return merge(values, hook("profiles"))
    return values


def _entry(
    slug: str,
    profile: ProfileConfig,
    pool: PoolConfig,
    extra_tolerations: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "slug": slug,
        "display_name": shown(profile.name),
        "kubespawner_override": {
            "node_selector": {labels.POOL: profile.pool},
            "tolerations": [
                *(taint.as_toleration() for taint in labels.taints_of(pool)),
                *(dict(each) for each in extra_tolerations),
            ],
            **_resources(profile),
            **_accelerator(profile, pool),
            **dedicated(pool),
        },
    }
    if profile.default:
        entry["default"] = True
    if profile.groups:
        entry["allowed_groups"] = list(profile.groups)
    return merge(entry, _images(profile.images))


def _description(profile: ProfileConfig, pool: PoolConfig, note: str) -> dict[str, str]:
    """Return what users read below the title: how a session may end is never left out."""
    parts = (profile.description, SPOT_NOTE if "spot" in pool.capacity else "", note)
    text = " ".join(
        part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part
    )
    return {"description": shown(text)} if text else {}


def shown(text: str) -> str:
    """Return user text so that the page shows it as it is.

    The form is made of it without escaping, and is then a template of JupyterHub, where
    braces would begin an expression.
    """
    return html.escape(text).replace("{", "&#123;").replace("}", "&#125;")


def _resources(profile: ProfileConfig) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if profile.cpu:
        found |= {"cpu_guarantee": profile.cpu.guarantee, "cpu_limit": profile.cpu.limit}
    if profile.memory:
        # In bytes: the spawner takes `8G` for GiB and does not know `8Gi`.
        found |= {
            "mem_guarantee": int(in_bytes(profile.memory.guarantee)),
            "mem_limit": int(in_bytes(profile.memory.limit)),
        }
    return found


def _accelerator(profile: ProfileConfig, pool: PoolConfig) -> dict[str, Any]:
    asked = {labels.GPU: profile.gpu, labels.NEURON: profile.neuron}
    devices = {name: str(count) for name, count in asked.items() if count}
    if devices:
        # Kubernetes wants them as limits, and guarantees that differ are refused (D14).
        return {"extra_resource_limits": devices, "extra_resource_guarantees": dict(devices)}
    if any(is_nvidia(name) for name in pool.instances):
        # An image that asks for all GPUs by itself would get those of other users.
        return {"environment": {"NVIDIA_VISIBLE_DEVICES": "void"}}
    return {}


def _images(images: Mapping[str, str]) -> dict[str, Any]:
    if not images:
        return {}
    if len(images) == 1:
        return {"kubespawner_override": {"image": next(iter(images.values()))}}
    choices: dict[str, dict[str, Any]] = {
        slug: {"display_name": shown(title), "kubespawner_override": {"image": image}}
        for slug, (title, image) in zip(slugs(list(images)), images.items(), strict=True)
    }
    first = next(iter(choices.values()))
    first["default"] = True
    return {"profile_options": {"image": {"display_name": "Image", "choices": choices}}}
