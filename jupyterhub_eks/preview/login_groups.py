"""Put people into the groups that the hub keeps itself, and give them accounts of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.releases.z2jh.login import has_provider_groups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterhub_eks.config.auth import AuthConfig
    from jupyterhub_eks.preview.people import Person

# The chart runs entries by the order of their names: this one after `who_may_enter`.
ENTRY: Final = "zz_people_of_the_preview"
_CODE: Final = '''\
"""Have the people of the preview from the start."""

from jupyterhub_eks.preview.hub.named_people import with_people
from z2jh import get_config

c.JupyterHub.authenticator_class = with_people(
    c.JupyterHub.authenticator_class, get_config("custom.preview.people", {})
)
'''


def put_people_in(auth: AuthConfig, values: dict[str, Any], people: Sequence[Person]) -> None:
    """Add people to the values of a hub that keeps groups, or passwords, itself.

    Args:
        auth: The ``auth`` section.
        values: Of the chart; changed.
        people: Who can log in.
    """
    if has_provider_groups(auth):
        return
    hub = values.setdefault("hub", {})
    settings = hub.setdefault("config", {}).setdefault("JupyterHub", {})
    groups = settings.setdefault("load_groups", {})
    for group in dict.fromkeys((*groups, *(name for each in people for name in each.groups))):
        members = [person.name for person in people if group in person.groups]
        groups[group] = _with_members(groups.get(group), members)
    hub.setdefault("extraConfig", {})[ENTRY] = _CODE
    preview = values.setdefault("custom", {}).setdefault("preview", {})
    preview["people"] = {person.name: list(person.groups) for person in people}


def _with_members(configured: Any, members: list[str]) -> dict[str, Any]:
    """Return a group of ``load_groups``, which may be a list of users, with further members."""
    known = configured if isinstance(configured, dict) else {"users": configured or []}
    users = dict.fromkeys((*(known.get("users") or ()), *members))
    return {**known, **({"users": list(users)} if users else {})}
