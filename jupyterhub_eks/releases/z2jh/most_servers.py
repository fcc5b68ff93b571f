"""How many servers of a profile there may be at once, as values of the hook that counts. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.releases.merging import merge
from jupyterhub_eks.releases.z2jh.hooks import hook

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterhub_eks.config.profiles import ProfileConfig


def most_servers(profiles: Iterable[tuple[str, ProfileConfig]]) -> dict[str, Any]:
    """Return the values for profiles with their slugs; nothing where none is limited."""
    most = {
        slug: {"servers": profile.max_servers, "title": profile.name}
        for slug, profile in profiles
        if profile.max_servers
    }
    return merge({"custom": {"maxServers": most}}, hook("max_servers")) if most else {}
