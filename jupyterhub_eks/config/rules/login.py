"""Rules for ``auth``: somebody can enter, somebody administers, nobody by accident."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.custom import CustomAuth
from jupyterhub_eks.config.logins.dummy import DummyAuth
from jupyterhub_eks.config.logins.oauth import OAuthAuth
from jupyterhub_eks.config.rules.cognito import cognito_rules
from jupyterhub_eks.config.rules.custom import custom_rules
from jupyterhub_eks.config.rules.finding import Finding, Path, instead
from jupyterhub_eks.config.rules.hub_groups import hub_group_rules
from jupyterhub_eks.config.rules.name_patterns import pattern_rules
from jupyterhub_eks.config.rules.named_groups import named_group_rules
from jupyterhub_eks.config.rules.names import host_hint, is_host
from jupyterhub_eks.config.rules.oauth import oauth_rules
from jupyterhub_eks.config.rules.reserved_names import reserved_name_rules
from jupyterhub_eks.config.rules.secret_sources import source_rules
from jupyterhub_eks.config.rules.user_names import example_of, user_name_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.auth import Auth
    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.config.logins.common import AllowRules
    from jupyterhub_eks.config.logins.native import NativeAuth

_ADMINS: Final[Path] = ("auth", "admins")
_ALLOW: Final[Path] = ("auth", "allow")
_SOME: Final = ("users", "groups", "domains", "pattern")


def login_rules(settings: DeploymentFile) -> Iterator[Finding]:
    """Yield findings about who may log in and how."""
    named = chain(reserved_name_rules(settings.auth), named_group_rules(settings.auth))
    yield from instead(named, _rules(settings.auth))


def _rules(auth: Auth) -> Iterator[Finding]:
    if not isinstance(auth, DummyAuth):
        yield from _somebody(auth)
    yield from _allow(auth.allow)
    yield from pattern_rules(auth.allow.pattern)
    yield from user_name_rules(auth)
    if isinstance(auth, CognitoAuth):
        yield from cognito_rules(auth)
        return
    yield from hub_group_rules(auth)
    if isinstance(auth, OAuthAuth):
        yield from oauth_rules(auth)
    elif isinstance(auth, CustomAuth):
        yield from custom_rules(auth)
    else:
        yield from _no_domains(auth)
    if isinstance(auth, DummyAuth):
        yield from source_rules(("auth", "password"), auth.password)


def _somebody(auth: Auth) -> Iterator[Finding]:
    if auth.allow.is_empty:
        yield Finding(
            path=_ALLOW,
            message=f"`type: {auth.type}` says nobody may log in",
            hint=f"add e.g. `allow: {{users: [{example_of(auth)}]}}`, or `everyone: true` if "
            "everyone whom the login accepts is meant",
            also=(_ALLOW,),
        )
    if not (auth.admins or getattr(auth, "admin_groups", ())):
        yield Finding(
            path=_ADMINS,
            message="nobody administers the hub",
            hint=f"add e.g. `admins: [{example_of(auth)}]` under `auth`",
            also=(_ADMINS, ("auth", "admin_groups")),
        )


def _allow(allow: AllowRules) -> Iterator[Finding]:
    narrower = [key for key in _SOME if getattr(allow, key)]
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


def _no_domains(auth: DummyAuth | NativeAuth) -> Iterator[Finding]:
    if auth.allow.domains:
        yield Finding(
            path=(*_ALLOW, "domains"),
            message=f"`type: {auth.type}` knows no e-mail domains; this lets nobody in",
            hint="write e.g. `allow: {users: [alice]}`, or `allow: {everyone: true}`",
            also=(("auth", "type"),),
            severity="warning" if isinstance(auth, DummyAuth) else "error",
        )
