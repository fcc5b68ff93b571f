"""Rules for ``auth``: somebody can enter, somebody administers, nobody by accident."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from jupyterhub_eks.config.auth import (
    AllowRules,
    CognitoAuth,
    DummyAuth,
    NativeAuth,
    OAuthAuth,
)
from jupyterhub_eks.config.forms import RESERVED_IN_PREFIX, domain_prefix
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.rules.names import (
    email_meant,
    host_hint,
    host_meant,
    is_email,
    is_host,
)
from jupyterhub_eks.config.yamltext import as_yaml
from jupyterhub_eks.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.deployment import DeploymentFile

Auth = DummyAuth | CognitoAuth | OAuthAuth | NativeAuth

# Made in every Cognito pool.
STANDARD_GROUPS: Final = ("users", "admins")
# Amazon Cognito API, GroupNameType; spaces are not allowed.
_GROUP = re.compile(r"[^\s]{1,128}")
_NEEDS_ISSUER: Final = frozenset({"oidc", "okta", "entra", "auth0", "keycloak"})
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
        yield from _cognito(auth)
    elif isinstance(auth, OAuthAuth):
        yield from _oauth(auth)
    else:
        yield from _no_groups(auth)


def known_groups(auth: Auth) -> tuple[str, ...] | None:
    """Return the groups that exist with this login; ``None``: only the provider knows."""
    if isinstance(auth, CognitoAuth):
        return tuple(dict.fromkeys((*STANDARD_GROUPS, *auth.groups)))
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


def _cognito(auth: CognitoAuth) -> Iterator[Finding]:
    # A prefix that is made of the deployment's name has these words taken out.
    prefix = auth.domain_prefix or ""
    if reserved := next((word for word in RESERVED_IN_PREFIX if word in prefix), None):
        yield Finding(
            path=("auth", "domain_prefix"),
            message=f"`domain_prefix: {prefix}` holds `{reserved}`, which Cognito refuses",
            hint=f"write e.g. `domain_prefix: {domain_prefix(prefix)}`",
        )
    groups = known_groups(auth) or ()
    for index, group in enumerate(auth.groups):
        if not _GROUP.fullmatch(group):
            yield Finding(
                path=("auth", "groups", index),
                message=f"`{group}` is no name for a group",
                hint=f"write e.g. `{_group_meant(group)}`; allowed: 1 to 128 characters, no spaces",
            )
        elif group in STANDARD_GROUPS or group in auth.groups[:index]:
            yield Finding(
                path=("auth", "groups", index),
                message=f"the group `{group}` is made anyway",
                hint="remove it from the list",
                severity="warning",
            )
    for path, named in (
        ((*_ALLOW, "groups"), auth.allow.groups),
        (("auth", "admin_groups"), auth.admin_groups),
    ):
        yield from _unknown_groups(path, named, groups)


def _unknown_groups(
    path: Path, named: tuple[str, ...], known: tuple[str, ...]
) -> Iterator[Finding]:
    for index, group in enumerate(named):
        if group not in known:
            yield Finding(
                path=(*path, index),
                message=f"the group `{group}` does not exist in the user pool",
                hint=group_hint(group, known),
                also=(("auth", "groups"),),
            )


def group_hint(group: str, known: tuple[str, ...]) -> str:
    """Return which group was meant, or how it is made in the user pool."""
    made = [name for name in known if name not in STANDARD_GROUPS]
    meant = did_you_mean(group, known)
    stop = "" if meant.endswith("?") else "."
    return f"{meant}{stop} To make `{group}`: `auth: {{groups: {as_yaml([*made, group])}}}`"


def _group_meant(group: str) -> str:
    return as_yaml(re.sub(r"\s+", "-", group.strip())[:128] or "students")


def _one_each(name: str) -> str:
    return as_yaml(name.split() or ["alice"])


def _oauth(auth: OAuthAuth) -> Iterator[Finding]:
    if not auth.client_id:
        yield Finding(
            path=("auth", "client_id"),
            message="`client_id` is missing",
            hint="register the hub at the provider and write the client id it issues; the secret "
            "belongs in no file",
        )
    if auth.issuer is None:
        if auth.provider in _NEEDS_ISSUER:
            yield Finding(
                path=("auth", "issuer"),
                message=f"`provider: {auth.provider}` needs an `issuer`",
                hint="add e.g. `issuer: https://login.example.org`",
                also=(("auth", "provider"),),
            )
        return
    try:
        url = urlsplit(auth.issuer)
        good = url.scheme == "https" and bool(url.hostname) and not (url.query or url.fragment)
    except ValueError:
        good = False
    if not good:
        yield Finding(
            path=("auth", "issuer"),
            message=f"`issuer: {auth.issuer}` is not an https URL without query",
            hint=f"write e.g. `issuer: {_issuer_meant(auth.issuer)}`",
        )


def _issuer_meant(text: str) -> str:
    bare = re.split(r"[?#]", re.sub(r"^(?:\w+:)?/*", "", text.strip()))[0]
    host, slash, path = bare.partition("/")
    meant = host_meant(host)
    tidy = re.fullmatch(r"[A-Za-z0-9._~/-]*", path)
    return f"https://{meant}{slash}{path}" if meant and tidy else "https://login.example.org"


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
