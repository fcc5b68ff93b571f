"""Keys of a foreign list that have no place in profiles of ours. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.document import Scalar, dotted, problem_at
from jupyterhub_eks.foreign.documents import entry_at, text_at
from jupyterhub_eks.foreign.titles import has_marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.document import Node
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.foreign.listings import Listing
    from jupyterhub_eks.foreign.losses import Losses
    from jupyterhub_eks.foreign.shapes import Profile
    from jupyterhub_eks.problems import Problem

# Settings of all servers that every profile says for itself, or whose pool does.
_OF_EACH: Final = frozenset(
    {
        "cpu_guarantee", "cpu_limit", "mem_guarantee", "mem_limit", "extra_resource_guarantees",
        "extra_resource_limits", "image", "node_selector", "tolerations",
        "node_affinity_required", "pod_anti_affinity_required",
    }
)  # fmt: skip
# Keys of a profile itself that ours has, or that are said of one by one.
_KEYS: Final = frozenset(
    {
        "display_name", "description", "default", "slug", "kubespawner_override",
        "profile_options", "allowed_groups", "allowed_teams", "jhub",
    }
)  # fmt: skip


def left_of_profile(profile: Profile, losses: Losses) -> None:
    """Note what of a profile has no place in ours, apart from its servers."""
    for key, entry in profile.node.entries.items():
        if key not in _KEYS:
            message = f"the key `{key}` is not carried; it has no effect there"
            losses.of_profile(profile, message, place=entry.key_place)
    if has_marks(text_at(profile.node, "description") + profile.title):
        losses.of_profile(profile, "marks of HTML are left out; text is shown as it is")
    teams = entry_at(profile.node, "allowed_teams")
    if teams is not None:
        message = "`allowed_teams` is not carried"
        losses.of_profile(profile, message, "write `groups`", teams.place)


def left_of_base(listing: Listing) -> Iterator[Problem]:
    """Yield the settings of all servers that have no place in a profile."""
    for key, node in listing.base.items():
        if key not in _OF_EACH and node.place.line and _says_something(node):
            yield problem_at(
                node.place,
                key,
                f"the setting `{key}` of all servers is not carried",
                "write it under `hub_values` in jhub.yaml",
                "warning",
            )


def unlimited(listing: Listing, pools: Mapping[str, PoolConfig]) -> Iterator[Problem]:
    """Yield that some pools may grow without end; once for all of them."""
    names = [f"`{name}`" for name, pool in pools.items() if not pool.max]
    if not names:
        return
    which = (
        f"no pool has an upper limit ({', '.join(names)})"
        if len(names) == len(pools)
        else f"without an upper limit: {', '.join(names)}"
    )
    yield problem_at(
        listing.node.place,
        dotted(listing.path),
        which,
        "write `max` in each; `jhub cost` shows why",
        "warning",
    )


def _says_something(node: Node) -> bool:
    return node.value is not None if isinstance(node, Scalar) else node.size > 1
