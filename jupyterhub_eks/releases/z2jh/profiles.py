"""The choices on the server page, from ``profiles.yaml``."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.variants import variants
from jupyterhub_eks.releases.merging import merge
from jupyterhub_eks.releases.z2jh.hooks import hook
from jupyterhub_eks.releases.z2jh.resources import server_settings
from jupyterhub_eks.releases.z2jh.slugs import slugs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.profile_parts import ImageConfig
    from jupyterhub_eks.config.profiles import ProfileConfig, ProfilesFile
    from jupyterhub_eks.config.variants import Variant

SPOT_NOTE: Final = "On a spot machine, which AWS may take back at two minutes' notice."
SPOT_SIZES: Final = "{}: on a spot machine, which AWS may take back at two minutes' notice."


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
        _entry(slug, profile, profiles.pools, extra_tolerations)
        | _description(profile, profiles.pools, note)
        for slug, profile in zip(names, profiles.profiles, strict=True)
    ]
    values: dict[str, Any] = {"singleuser": {"profileList": entries}}
    if any(profile.groups for profile in profiles.profiles):
        return merge(values, hook("profiles"))
    return values


def _entry(
    slug: str,
    profile: ProfileConfig,
    pools: Mapping[str, PoolConfig],
    extra_tolerations: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    sizes = variants(profile)
    settings = [
        server_settings(each.profile, pools[each.profile.pool], extra_tolerations) for each in sizes
    ]
    # KubeSpawner merges mappings of the choices into those of the profile, so that one could
    # not be taken back: what is not the same for all sizes is said by each of them.
    common = {
        key: value
        for key, value in settings[0].items()
        if all(key in each and each[key] == value for each in settings)
    }
    entry: dict[str, Any] = {
        "slug": slug,
        "display_name": shown(profile.name),
        "kubespawner_override": common,
    }
    if profile.default:
        entry["default"] = True
    if profile.groups:
        entry["allowed_groups"] = list(profile.groups)
    if profile.options:
        own = [{k: v for k, v in each.items() if k not in common} for each in settings]
        entry["profile_options"] = {"size": _sizes(profile, sizes, own)}
    return merge(entry, _images(profile.images))


def _sizes(
    profile: ProfileConfig, sizes: Sequence[Variant], settings: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    choices: dict[str, dict[str, Any]] = {}
    for slug, size, own in zip(slugs(list(profile.options)), sizes, settings, strict=True):
        option = profile.options[size.option or ""]
        text = f"{size.option}: {option.description}" if option.description else size.option
        choices[slug] = {"display_name": shown(text or ""), "kubespawner_override": dict(own)}
        if size.is_default:
            choices[slug]["default"] = True
    return {"display_name": "Size", "choices": choices}


def _description(
    profile: ProfileConfig, pools: Mapping[str, PoolConfig], note: str
) -> dict[str, str]:
    """Return what users read below the title: how a session may end is never left out."""
    sizes = variants(profile)
    spot = [each.option for each in sizes if "spot" in pools[each.profile.pool].capacity]
    told = SPOT_NOTE if len(spot) == len(sizes) else SPOT_SIZES.format(", ".join(map(str, spot)))
    parts = (profile.description, told if spot else "", note)
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


def _images(images: Mapping[str, ImageConfig]) -> dict[str, Any]:
    if not images:
        return {}
    if len(images) == 1:
        return {"kubespawner_override": {"image": next(iter(images.values())).image}}
    choices: dict[str, dict[str, Any]] = {
        slug: {"display_name": shown(title), "kubespawner_override": {"image": image.image}}
        for slug, (title, image) in zip(slugs(list(images)), images.items(), strict=True)
    }
    first = next(iter(choices.values()))
    first["default"] = True
    return {"profile_options": {"image": {"display_name": "Image", "choices": choices}}}
