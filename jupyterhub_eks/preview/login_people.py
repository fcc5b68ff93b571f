"""People of the preview as the login knows them, and one of each kind where none are named. Pure.

Derived are: an administrator, one for each way in that the configuration names, one for each
group that profiles are kept for, and a stranger, who is refused.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.common import HUB_ADMINS
from jupyterhub_eks.config.logins.custom import CustomAuth
from jupyterhub_eks.config.logins.dummy import DummyAuth
from jupyterhub_eks.config.logins.oauth import OAuthAuth
from jupyterhub_eks.config.logins.presets import ADDRESS_CLAIMS, PRESETS
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.preview.matching_name import matching_name
from jupyterhub_eks.preview.people import Person
from jupyterhub_eks.problems import Problem
from jupyterhub_eks.releases.z2jh.login import always_kept, has_provider_groups

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.config.auth import AuthConfig
    from jupyterhub_eks.config.deployment import Deployment

_NAMES: Final = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy")
_STRANGER: Final = "stranger"
_FOREIGN: Final = "elsewhere.example"
_DOMAIN: Final = "example.org"
# Of each kind; the page of the stand-in is to be taken in at a glance.
_MOST: Final = 4


def people_of(deployment: Deployment, given: Sequence[Person] = ()) -> tuple[Person, ...]:
    """Return who can log in to the preview, named and with rights as the hub will know them.

    Args:
        deployment: What is previewed.
        given: Whom the user named; nobody: one of each kind is made up.

    Raises:
        ConfigError: Somebody is to administer whom nothing can make an administrator.
    """
    auth = deployment.settings.auth
    people = given or tuple(_made_up(deployment))
    problems = [_no_way(person) for person in people if person.admin and not _way(person, auth)]
    if problems:
        raise ConfigError(problems, "the people of the preview")
    named: dict[str, Person] = {}
    for person in (_by_provider(each, auth) for each in people):
        known = _with_rights(replace(person, name=hub_name(person, auth)), auth)
        named.setdefault(known.name, known)
    return tuple(named.values())


def is_by_address(auth: AuthConfig) -> bool:
    """Whether the hub knows its users by their e-mail addresses."""
    if isinstance(auth, CognitoAuth):
        return True
    listed = any("@" in name for name in (*auth.admins, *auth.allow.users))
    if isinstance(auth, CustomAuth):
        claims = [settings.get("username_claim") for settings in auth.config.values()]
        return listed or any(claim in ADDRESS_CLAIMS for claim in claims)
    if not isinstance(auth, OAuthAuth):
        return False
    preset = PRESETS[auth.provider]
    if auth.username_claim in ADDRESS_CLAIMS:
        return True
    if auth.username_claim is None and (preset.names == "plain" or "@" in preset.user):
        return preset.names != "plain"
    # It depends on the provider's settings, of which the names in the configuration tell.
    return listed


def hub_name(person: Person, auth: AuthConfig) -> str:
    """Return the name that the hub will give somebody: with a domain, where it wants one."""
    name = person.name.lower()
    return f"{name}@{_domain(person, auth)}" if is_by_address(auth) and "@" not in name else name


def open_to_all(auth: AuthConfig) -> bool:
    """Whether everybody enters who can log in at all."""
    return auth.allow.everyone or (isinstance(auth, DummyAuth) and auth.allow.is_empty)


def admin_groups(auth: AuthConfig) -> tuple[str, ...]:
    """Return the groups whose members administer the hub."""
    if isinstance(auth, CognitoAuth | OAuthAuth | CustomAuth) and has_provider_groups(auth):
        return tuple(group.removeprefix("/") for group in auth.admin_groups)
    return (HUB_ADMINS,) if HUB_ADMINS in always_kept(auth) else ()


def _by_provider(person: Person, auth: AuthConfig) -> Person:
    """Let somebody come by a provider where the pool itself lets nobody log in."""
    if not isinstance(auth, CognitoAuth) or auth.pool_login or not auth.identity_providers:
        return person
    if set(person.groups) & set(auth.identity_providers):
        return person
    return replace(person, groups=(next(iter(auth.identity_providers)), *person.groups))


def _domain(person: Person, auth: AuthConfig) -> str:
    if isinstance(auth, CognitoAuth):
        own = (auth.identity_providers.get(group) for group in person.groups)
        if found := next((each for each in own if each and each.email_domains), None):
            return found.email_domains[0].lower()
    if auth.allow.domains and not person.groups:
        return auth.allow.domains[0].lower()
    listed = (name.rpartition("@")[2] for name in (*auth.admins, *auth.allow.users) if "@" in name)
    return next(listed, _DOMAIN).lower()


def _way(person: Person, auth: AuthConfig) -> bool:
    """Return whether something can make somebody an administrator."""
    return hub_name(person, auth) in _lowered(auth.admins) or bool(admin_groups(auth))


def _with_rights(person: Person, auth: AuthConfig) -> Person:
    groups = admin_groups(auth)
    listed = person.name in _lowered(auth.admins)
    if person.admin and not listed and not set(groups) & set(person.groups):
        person = replace(person, groups=(*person.groups, groups[0]))
    return replace(person, admin=listed or bool(set(groups) & set(person.groups)))


def _no_way(person: Person) -> Problem:
    return Problem(
        path="auth.admins",
        message=f"nothing in the configuration can make {person.name} an administrator",
        hint=f"Add `{person.name}` to `auth.admins`, or leave the column `admin` empty.",
    )


def _made_up(deployment: Deployment) -> Iterator[Person]:
    """Yield one of each kind."""
    auth = deployment.settings.auth
    taken = _lowered((*auth.admins, *auth.allow.users, *auth.block))
    locals_taken = {name.partition("@")[0] for name in taken}
    names = chain((n for n in _NAMES if n not in locals_taken), map("user-{}".format, range(1, 99)))
    yield from _administrator(auth)
    entering = list(_entering(auth, names))
    yield from entering
    yield from _by_profile(deployment, entering, names)
    yield from _refused(auth)


def _administrator(auth: AuthConfig) -> Iterator[Person]:
    if auth.admins:
        yield Person(name=auth.admins[0], about="administrator")
    elif (groups := admin_groups(auth)) and has_provider_groups(auth):
        yield Person(name="admin", groups=groups[:1], about=f"administrator, in {groups[0]}")


def _entering(auth: AuthConfig, names: Iterator[str]) -> Iterator[Person]:
    allow = auth.allow
    for group in allow.groups[:_MOST]:
        bare = group.removeprefix("/")
        yield Person(name=next(names), groups=(bare,), about=f"in group {bare}")
    for name in allow.users[:_MOST]:
        yield Person(name=name, about="allowed by name")
    for domain in allow.domains[:_MOST]:
        yield Person(name=f"{next(names)}@{domain}", about=f"of {domain}")
    if allow.pattern and (name := matching_name(allow.pattern)):
        yield Person(name=name, about=f"allowed by the pattern {allow.pattern}")
    if open_to_all(auth):
        yield Person(name=next(names), about="anybody")


def _by_profile(
    deployment: Deployment, entering: list[Person], names: Iterator[str]
) -> Iterator[Person]:
    """Yield somebody for each group that sees more profiles than others."""
    auth = deployment.settings.auth
    seen = {group for person in entering for group in person.groups} | set(admin_groups(auth))
    wanted = dict.fromkeys(
        group.removeprefix("/")
        for profile in deployment.profiles.profiles
        for group in profile.groups
    )
    way_in = next((person.groups for person in entering if person.groups), ())
    if not (way_in or open_to_all(auth)):
        return
    for group in [each for each in wanted if each not in seen][:_MOST]:
        yield Person(name=next(names), groups=(*way_in, group), about=f"in group {group}")


def _refused(auth: AuthConfig) -> Iterator[Person]:
    if auth.block:
        yield Person(name=auth.block[0], about="blocked, so refused")
    pattern = auth.allow.pattern
    matched = pattern and re.fullmatch(pattern, _STRANGER, re.IGNORECASE | re.ASCII)
    if open_to_all(auth) or matched:
        return
    name = f"{_STRANGER}@{_FOREIGN}" if is_by_address(auth) else _STRANGER
    yield Person(name=name, about="a stranger, who is refused")


def _lowered(names: Sequence[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)
