"""Rules for ``auth``: somebody can enter, somebody administers, nobody by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.dummy import DummyAuth
from jupyterhub_eks.config.logins.oauth import OAuthAuth
from jupyterhub_eks.config.rules.cognito import cognito_rules, groups_of
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.rules.names import (
    email_meant,
    host_hint,
    is_email,
    is_host,
)
from jupyterhub_eks.config.rules.oauth import oauth_rules
from jupyterhub_eks.config.yamltext import as_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.auth import Auth
    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.config.logins.common import AllowRules
    from jupyterhub_eks.config.logins.native import NativeAuth

_ADMINS: Path = ("auth", "admins")
_ALLOW: Path = ("auth", "allow")


def login_rules(settings: DeploymentFile) -> Iterator[Finding]:
    """Yield findings about who may log in and how."""
    auth = settings.auth
    if not isinstance(auth, DummyAuth):
        yield from _somebody(auth)
    yield from _allow(auth.allow)
    yield from _users(auth)
    if isinstance(auth, CognitoAuth):
        yield from cognito_rules(auth)
    elif isinstance(auth, OAuthAuth):
        yield from oauth_rules(auth)
    else:
        yield from _no_groups(auth)


def known_groups(auth: Auth) -> tuple[str, ...] | None:
    """Return the groups that exist with this login; ``None``: only the provider knows."""
    if isinstance(auth, CognitoAuth):
        return groups_of(auth)
    return None if isinstance(auth, OAuthAuth) else ()


def _somebody(auth: Auth) -> Iterator[Finding]:
    if auth.allow.is_empty:
        yield Finding(
            path=_ALLOW,
            message=f"`type: {auth.type}` says nobody may log in",
            hint="add e.g. `allow: {users: [alice@example.org]}`, or `everyone: true` if everyone "
            "whom the login accepts is meant",
            also=(_ALLOW,),
        )
    if not (auth.admins or getattr(auth, "admin_groups", ())):
        yield Finding(
            path=_ADMINS,
            message="nobody administers the hub",
            hint="add e.g. `admins: [alice@example.org]` under `auth`",
            also=(_ADMINS, ("auth", "admin_groups")),
        )


def _allow(allow: AllowRules) -> Iterator[Finding]:
    narrower = [key for key in ("users", "groups", "domains") if getattr(allow, key)]
    if allow.everyone and narrower:
        yield Finding(
            path=(*_ALLOW, "everyone"),
            message=f"`everyone: true` lets all in, and `{narrower[0]}` names some",
            hint=f"remove `everyone`, or remove `{'`, `'.join(narrower)}`",
            also=tuple((*_ALLOW, key) for key in narrower),
        )
    for index, domain in enumerate(allow.domains):
        if not is_host(domain):
            yield Finding(
                path=(*_ALLOW, "domains", index),
                message=f"`{domain}` is not an e-mail domain",
                hint=host_hint("", domain, "example.org"),
            )


def _users(auth: Auth) -> Iterator[Finding]:
    must_be_mail = isinstance(auth, CognitoAuth)
    for path, names in ((_ADMINS, auth.admins), ((*_ALLOW, "users"), auth.allow.users)):
        for index, name in enumerate(names):
            if must_be_mail and not is_email(name):
                yield Finding(
                    path=(*path, index),
                    message=f"`{name}` is not an e-mail address; users of Cognito are known by it",
                    hint=f"write e.g. `{email_meant(name)}`",
                    also=(("auth", "type"),),
                )
            elif not name.strip() or any(letter.isspace() for letter in name):
                yield Finding(
                    path=(*path, index),
                    message=f"`{name}` holds a space or is empty; it is no user name",
                    hint=f"write one name per list entry, e.g. `{_one_each(name)}`",
                )
            elif name.lower() in {other.lower() for other in names[:index]}:
                yield Finding(
                    path=(*path, index),
                    message=f"`{name}` is listed twice",
                    hint="remove one",
                    severity="warning",
                )


def _one_each(name: str) -> str:
    return as_yaml(name.split() or ["alice"])


def _no_groups(auth: DummyAuth | NativeAuth) -> Iterator[Finding]:
    for key in ("groups", "domains"):
        if getattr(auth.allow, key):
            yield Finding(
                path=(*_ALLOW, key),
                message=f"`type: {auth.type}` knows no {key}; this lets nobody in",
                hint="write e.g. `allow: {users: [alice]}`, or `allow: {everyone: true}`",
                also=(("auth", "type"),),
                severity="warning" if isinstance(auth, DummyAuth) else "error",
            )
