"""The choices on the server page, from ``profiles.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.storage import StorageConfig
from jupyterhub_eks.config.variants import places, variants
from jupyterhub_eks.releases.merging import merge
from jupyterhub_eks.releases.z2jh.cards import KEY, card, hardware
from jupyterhub_eks.releases.z2jh.dedicated import dedicated
from jupyterhub_eks.releases.z2jh.every_server import CHART_ONLY
from jupyterhub_eks.releases.z2jh.extras import extra_settings
from jupyterhub_eks.releases.z2jh.hooks import hook
from jupyterhub_eks.releases.z2jh.idle import age_text, idle_text
from jupyterhub_eks.releases.z2jh.images import image_settings
from jupyterhub_eks.releases.z2jh.most_servers import most_servers
from jupyterhub_eks.releases.z2jh.resources import server_settings
from jupyterhub_eks.releases.z2jh.shown import shown
from jupyterhub_eks.releases.z2jh.slugs import slugs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyterhub_eks.config.access import IdleConfig
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.profiles import ProfileConfig, ProfilesFile
    from jupyterhub_eks.config.variants import Variant
    from jupyterhub_eks.releases.z2jh.every_server import EveryServer
    from jupyterhub_eks.releases.z2jh.inputs import Told

SPOT_NOTE: Final = "On a spot machine, which AWS may take back at two minutes' notice."
SPOT_SIZES: Final = "{}: on a spot machine, which AWS may take back at two minutes' notice."


@dataclass(frozen=True)
class _Common:
    """What all profiles have in common.

    Attributes:
        tolerations: Those of every server.
        storage: Homes and shared folder.
        idle: When servers end; None: that is not ours to describe.
        every: Settings of every server.
        told: What users are told besides, see ``HubInputs``.
    """

    tolerations: tuple[Mapping[str, Any], ...]
    storage: StorageConfig
    idle: IdleConfig | None
    every: EveryServer
    told: Mapping[str, Mapping[str, Told]]


def profile_values(
    profiles: ProfilesFile,
    extra_tolerations: Sequence[Mapping[str, Any]] = (),
    *,
    storage: StorageConfig | None = None,
    idle: IdleConfig | None = None,
    every: EveryServer = CHART_ONLY,
    told: Mapping[str, Mapping[str, Told]] | None = None,
) -> dict[str, Any]:
    """Return ``singleuser.profileList``, and the hooks that keep to what a profile says.

    Args:
        profiles: Contents of ``profiles.yaml``.
        extra_tolerations: Tolerations of every user pod besides those of its pool; a
            profile's own replace the chart's list.
        storage: Homes and shared folder.
        idle: When servers end; None: that is not ours to describe.
        every: Settings that the user gives to every server.
        told: What users are told besides, see ``HubInputs``.

    Raises:
        KeyError: A profile names a pool that does not exist; validation finds that.
    """
    names = slugs([profile.name for profile in profiles.profiles])
    common = _Common(tuple(extra_tolerations), storage or StorageConfig(), idle, every, told or {})
    entries = [
        _entry(slug, profile, profiles.pools, common)
        for slug, profile in zip(names, profiles.profiles, strict=True)
    ]
    values: dict[str, Any] = {"singleuser": {"profileList": entries}}
    values = merge(values, most_servers(zip(names, profiles.profiles, strict=True)))
    if any(profile.groups for profile in profiles.profiles):
        return merge(values, hook("profiles"))
    return values


def _entry(
    slug: str,
    profile: ProfileConfig,
    pools: Mapping[str, PoolConfig],
    common: _Common,
) -> dict[str, Any]:
    sizes = variants(profile)
    settings = [_settings(each.profile, pools[each.profile.pool], common) for each in sizes]
    # KubeSpawner merges mappings of the choices into those of the profile, so that one could
    # not be taken back: what is not the same for all sizes is said by each of them.
    shared = {
        key: value
        for key, value in settings[0].items()
        if all(key in each and each[key] == value for each in settings)
    }
    entry: dict[str, Any] = {
        "slug": slug,
        "display_name": shown(profile.name),
        "kubespawner_override": shared,
        **_told(profile, pools, common.idle),
    }
    if profile.default:
        entry["default"] = True
    if profile.groups:
        entry["allowed_groups"] = list(profile.groups)
    told = common.told.get(slug, {})
    if profile.options:
        own = [{k: v for k, v in each.items() if k not in shared} for each in settings]
        option = _sizes(profile, sizes, own)
        for (name, choice), size in zip(option["choices"].items(), sizes, strict=True):
            choice[KEY] |= _hardware(size, pools, common, told.get(name))
        entry["profile_options"] = {"size": option}
    else:
        entry[KEY] |= _hardware(sizes[0], pools, common, told.get(""))
    return merge(entry, image_settings(profile))


def _hardware(
    size: Variant, pools: Mapping[str, PoolConfig], common: _Common, told: Told | None
) -> dict[str, Any]:
    return hardware(size.profile, pools[size.profile.pool], common.every, told)


def _settings(profile: ProfileConfig, pool: PoolConfig, common: _Common) -> dict[str, Any]:
    """Return the settings of one size; those that the user writes have the last word."""
    own = profile.kubespawner_override
    layers = (
        server_settings(profile, pool, common.tolerations),
        extra_settings(profile, common.storage),
        own,
        # A list replaces a list, and the machine would no longer be the server's alone.
        dedicated(pool, own.get("pod_anti_affinity_required", ())),
    )
    return reduce(merge, layers)


def _sizes(
    profile: ProfileConfig, sizes: Sequence[Variant], settings: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    choices: dict[str, dict[str, Any]] = {}
    for slug, size, own in zip(slugs(list(profile.options)), sizes, settings, strict=True):
        option = profile.options[size.option or ""]
        text = f"{size.option}: {option.description}" if option.description else size.option
        choices[slug] = {
            "display_name": shown(text or ""),
            "kubespawner_override": dict(own),
            KEY: {"title": shown(size.option or ""), **_about(option.description)},
        }
        if size.is_default:
            choices[slug]["default"] = True
    return {"display_name": "Size", "choices": choices}


def _about(description: str) -> dict[str, str]:
    return {"about": shown(description)} if description else {}


def _told(
    profile: ProfileConfig, pools: Mapping[str, PoolConfig], idle: IdleConfig | None
) -> dict[str, Any]:
    """Return what users read below the title: how a session may end is never left out."""
    sizes = list(zip(profile.options or [profile.name], places(profile), strict=True))
    spot = [title for title, (pool, _) in sizes if "spot" in pools[pool].capacity]
    told = SPOT_NOTE if len(spot) == len(sizes) else SPOT_SIZES.format(", ".join(spot))
    age = profile.max_age_hours
    ends = idle_text(idle, age) if idle else age_text(age)
    notes = [_sentence(part) for part in (told if spot else "", ends) if part]
    about = [_sentence(profile.description)] if profile.description else []
    text = " ".join([*about, *notes])
    # The description is for pages that do not know of cards.
    return {KEY: card(profile, notes), **({"description": shown(text)} if text else {})}


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
