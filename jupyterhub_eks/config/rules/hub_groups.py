"""Rules for groups under ``auth``: each has somebody who says who is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.common import HUB_ADMINS, INVITED
from jupyterhub_eks.config.logins.custom import CustomAuth
from jupyterhub_eks.config.logins.oauth import OAuthAuth
from jupyterhub_eks.config.logins.presets import tells_groups
from jupyterhub_eks.config.rules.cognito import groups_of
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.yamltext import as_yaml
from jupyterhub_eks.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.auth import Auth
    from jupyterhub_eks.config.logins.dummy import DummyAuth
    from jupyterhub_eks.config.logins.native import NativeAuth

_GROUPS: Final[Path] = ("auth", "groups")
_TELLING: Final[tuple[Path, ...]] = (
    ("auth", "type"),
    ("auth", "provider"),
    ("auth", "has_groups"),
    ("auth", "groups_claim"),
)
_LONGEST: Final = 255


def known_groups(auth: Auth) -> tuple[str, ...] | None:
    """Return the groups that exist with this login; ``None``: only the provider knows."""
    if isinstance(auth, CognitoAuth):
        return groups_of(auth)
    return None if provider_tells(auth) else auth.groups


def provider_tells(auth: DummyAuth | NativeAuth | OAuthAuth | CustomAuth) -> bool:
    """Whether it is the provider that says who is in which group."""
    if isinstance(auth, OAuthAuth):
        return tells_groups(auth)
    return isinstance(auth, CustomAuth) and auth.has_groups


def source_of(auth: Auth) -> str:
    """Return how the login is written where it matters who tells groups."""
    if isinstance(auth, OAuthAuth):
        return f"`provider: {auth.provider}`"
    return f"`type: {auth.type}`"


def hub_group_rules(auth: DummyAuth | NativeAuth | OAuthAuth | CustomAuth) -> Iterator[Finding]:
    """Yield findings about groups of every login but Cognito's."""
    told = provider_tells(auth)
    if told and auth.groups:
        yield Finding(
            path=_GROUPS,
            message=f"`groups` has no effect: {source_of(auth)} tells the groups of each user",
            hint="remove `groups`",
            also=_TELLING,
            severity="warning",
        )
    for index, group in enumerate(auth.groups):
        yield from _declared(auth, index, group)
    if told:
        return
    for index, group in enumerate(auth.allow.groups):
        if group not in auth.groups and group not in (INVITED, HUB_ADMINS):
            yield Finding(
                path=("auth", "allow", "groups", index),
                message=f"{source_of(auth)} knows no group `{group}`; this lets nobody in",
                hint=hub_group_hint(group, auth.groups),
                also=(_GROUPS, *_TELLING),
                severity="warning" if auth.type == "dummy" else "error",
            )
    if getattr(auth, "admin_groups", ()):
        yield Finding(
            path=("auth", "admin_groups"),
            message=f"{source_of(auth)} knows no groups of its own; nobody administers by one",
            hint="name the administrators, e.g. `admins: [alice@example.org]`",
            also=_TELLING,
        )


def hub_group_hint(group: str, known: tuple[str, ...]) -> str:
    """Return which group was meant, or how the hub is told to keep it."""
    made = f"to have the hub keep it: `auth: {{groups: {as_yaml([*known, group])}}}`"
    if not known:
        return made
    meant = did_you_mean(group, known)
    return f"{meant}{'' if meant.endswith('?') else '.'} T{made[1:]}"


def _declared(auth: Auth, index: int, group: str) -> Iterator[Finding]:
    path = (*_GROUPS, index)
    if not group.strip() or group != group.strip() or "/" in group or len(group) > _LONGEST:
        good = group.strip().replace("/", "-")[:_LONGEST] or "students"
        yield Finding(
            path=path,
            message=f"`{group[:60]}` is no name for a group",
            hint=f"write e.g. `{as_yaml(good)}`; allowed: 1 to {_LONGEST} characters without `/`",
        )
    elif group in (INVITED, HUB_ADMINS) or group in auth.groups[:index]:
        yield Finding(
            path=path,
            message=f"the group `{group}` is made anyway",
            hint="remove it from the list",
            severity="warning",
        )
