"""Offer each user the profiles of their groups; part of the hub's configuration.

A profile with ``allowed_groups`` is for their members and for administrators. The list
itself is ``singleuser.profileList``.
"""

from tornado import web
from z2jh import get_config


def profiles_of(spawner):
    """Return the profiles that the owner of a server may choose."""
    user = spawner.user
    groups = {group.name for group in user.groups}
    offered = [
        profile
        for profile in get_config("singleuser.profileList", [])
        if user.admin
        or "allowed_groups" not in profile
        or groups.intersection(profile["allowed_groups"])
    ]
    if not offered:
        # Without any profile the server would start outside every pool.
        raise web.HTTPError(403, "No profile is offered to you; ask an administrator.")
    return offered


c.KubeSpawner.profile_list = profiles_of
