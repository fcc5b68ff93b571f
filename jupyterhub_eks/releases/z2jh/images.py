"""Images of a profile as choices on the server page. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.config.profile_parts import ANY_IMAGE
from jupyterhub_eks.releases.z2jh.shown import shown
from jupyterhub_eks.releases.z2jh.slugs import slugs

if TYPE_CHECKING:
    from jupyterhub_eks.config.profiles import ProfileConfig


def image_settings(profile: ProfileConfig) -> dict[str, Any]:
    """Return the parts of a profile's entry that say which images it has."""
    images = profile.images
    if not images or "image" in profile.kubespawner_override:
        return {}  # the last word allows no choice
    if len(images) == 1 and not profile.unlisted_image:
        return {"kubespawner_override": {"image": next(iter(images.values())).image}}
    choices: dict[str, dict[str, Any]] = {
        slug: {"display_name": shown(title), "kubespawner_override": {"image": image.image}}
        for slug, (title, image) in zip(slugs(list(images)), images.items(), strict=True)
    }
    first = next(iter(choices.values()))
    first["default"] = True
    option: dict[str, Any] = {"display_name": "Image", "choices": choices}
    if profile.unlisted_image:
        option["unlisted_choice"] = _unlisted(profile.unlisted_image)
    return {"profile_options": {"image": option}}


def _unlisted(pattern: str) -> dict[str, Any]:
    what = "with a tag, e.g. quay.io/jupyter/scipy-notebook:2025-11-10"
    if pattern != ANY_IMAGE:
        what = f"that matches {pattern}"
    return {
        "enabled": True,
        "display_name": "Image reference",
        "display_name_in_choices": "Another image",
        # The hub looks for it at the beginning only, the browser for all of it.
        "validation_regex": f"^(?:{pattern})$",
        "validation_message": shown(f"An image {what}"),
        "kubespawner_override": {"image": "{value}"},
    }
