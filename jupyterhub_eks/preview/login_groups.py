"""Add to a hub's configuration what it has in a preview only: people, and a cookie of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.releases.z2jh.login import has_provider_groups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterhub_eks.config.auth import AuthConfig
    from jupyterhub_eks.preview.people import Person

# The chart runs entries by the order of their names: these after `who_may_enter`.
COOKIE_ENTRY: Final = "zz_cookie_of_the_preview"
ENTRY: Final = "zz_people_of_the_preview"
_COOKIE: Final = '''\
"""Have a cookie that no other preview takes for its own."""

from jupyterhub_eks.preview.hub.named_people import with_own_cookie
from z2jh import get_config

c.JupyterHub.authenticator_class = with_own_cookie(
    c.JupyterHub.authenticator_class, get_config("custom.preview.port")
)
'''
_CODE: Final = '''\
"""Have the people of the preview from the start."""

from jupyterhub_eks.preview.hub.named_people import with_people
from z2jh import get_config

c.JupyterHub.authenticator_class = with_people(
    c.JupyterHub.authenticator_class, get_config("custom.preview.people", {})
)
'''


def keep_cookies_apart(values: dict[str, Any], port: int) -> None:
    """Let two previews be open in one browser.

    Args:
        values: Of the chart; changed.
        port: Where people open the hub.
    """
    values.setdefault("hub", {}).setdefault("extraConfig", {})[COOKIE_ENTRY] = _COOKIE
    values.setdefault("custom", {}).setdefault("preview", {})["port"] = port


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
