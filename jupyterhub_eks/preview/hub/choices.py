"""What a user has chosen on the server page, as the facts of the deployment name it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyterhub_eks.preview.document import SizeFacts

SIZE = "size"


def chosen(profiles: Sequence[Mapping[str, Any]], options: Mapping[str, Any]) -> tuple[str, str]:
    """Return the slugs of the chosen profile and of its size; each empty without one.

    Args:
        profiles: As KubeSpawner has filled them up: one is the default, and one of each choice.
        options: What the server page has sent.
    """
    wanted = options.get("profile")
    found = next(
        (each for each in profiles if (each["slug"] == wanted if wanted else each.get("default"))),
        None,
    )
    if found is None:
        return "", ""
    choices = (found.get("profile_options") or {}).get(SIZE, {}).get("choices") or {}
    size = options.get(SIZE) or next(
        (slug for slug, choice in choices.items() if choice.get("default")), ""
    )
    return found["slug"], size if size in choices else ""


def facts_of(
    facts: Mapping[str, Mapping[str, SizeFacts]], profile: str, size: str
) -> SizeFacts | None:
    """Return what is known of a profile's size; None if nothing is."""
    sizes = facts.get(profile, {})
    return sizes.get(size) or sizes.get("")
