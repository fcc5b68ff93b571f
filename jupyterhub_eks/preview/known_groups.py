"""Groups of the people of a preview that nothing in the configuration speaks of. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.config.logins.cognito import CognitoAuth, made_groups
from jupyterhub_eks.preview.login_people import admin_groups
from jupyterhub_eks.releases.z2jh.login import has_provider_groups, own_groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.preview.people import Person


def known_groups(deployment: Deployment) -> tuple[str, ...]:
    """Return the groups that profiles and rules name, as the hub knows them."""
    found = (group.removeprefix("/") for group in _named(deployment))
    return tuple(dict.fromkeys(found))


def unknown_groups(deployment: Deployment, people: Sequence[Person]) -> str:
    """Return a warning of groups that no profile and no rule names; empty without any."""
    known = known_groups(deployment)
    given = dict.fromkeys(group for person in people for group in person.groups)
    if not (unknown := [group for group in given if group not in known]):
        return ""
    listed = ", ".join(known) or "none"
    which = "groups" if len(unknown) > 1 else "a group"
    said = f"{', '.join(unknown)}: {which} that no profile and no rule names"
    return f"warning: {said}; known: {listed}"


def _named(deployment: Deployment) -> Iterator[str]:
    auth = deployment.settings.auth
    for profile in deployment.profiles.profiles:
        yield from profile.groups
    yield from auth.allow.groups
    yield from admin_groups(auth)
    if isinstance(auth, CognitoAuth):
        yield from made_groups(auth)
        yield from auth.identity_providers
    elif not has_provider_groups(auth):
        yield from own_groups(auth)
    yield from _in_values(deployment.settings.hub_values.get("hub"))


def _in_values(hub: Any) -> Iterable[str]:
    """Return the groups of the user's own values for the hub, which may have any form."""
    config = hub.get("config") if isinstance(hub, dict) else None
    settings = config.get("JupyterHub") if isinstance(config, dict) else None
    groups = settings.get("load_groups") if isinstance(settings, dict) else None
    return map(str, groups) if isinstance(groups, dict) else ()
