"""What is particular to each OAuth provider that ``auth.provider`` names.

A provider of which only the issuer is known is asked for its addresses by the hub when it
starts, so that none is guessed (D33).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterhub_eks.config.logins.oauth import OAuthAuth

_GENERIC: Final = "oauthenticator.generic.GenericOAuthenticator"
# What GenericOAuthenticator calls the user's claims.
_GENERIC_GROUPS: Final = "oauth_user.groups"
_GITHUB: Final = "https://github.com"
_GITLAB: Final = "https://gitlab.com"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """How one provider is spoken to.

    Attributes:
        authenticator: Class of OAuthenticator.
        config: Its settings, besides client and allow rules.
        discovery: Issuer whose addresses the hub looks up when it starts.
        has_groups: Whether it tells groups.
        groups_hook: File in ``helm_values/hub-config`` that reads them.
        name_is_address: Whether the user name is an e-mail address that must be verified.
        verified_claim: Claim that the address is; empty where the provider vouches for
            it in another way.
        domain_claim: Claim that holds the user's address, or domain; empty without any
            that can be trusted.
    """

    authenticator: str
    config: dict[str, Any] = field(default_factory=dict)
    discovery: str = ""
    has_groups: bool = True
    groups_hook: str = ""
    name_is_address: bool = False
    verified_claim: str = "email_verified"
    domain_claim: str = "email"


def provider_of(auth: OAuthAuth) -> Provider:
    """Return the provider of the ``auth`` section.

    Raises:
        ConfigError: It cannot do what the allow rules ask, or lacks an issuer.
    """
    provider = _PRESETS[auth.provider](auth)
    wanted = (
        ("allow.groups", auth.allow.groups, provider.has_groups, "groups"),
        ("admin_groups", auth.admin_groups, provider.has_groups, "groups"),
        ("allow.domains", auth.allow.domains, provider.domain_claim, "verified e-mail domains"),
    )
    for key, named, can, what in wanted:
        if named and not can:
            raise _refused(
                f"auth.{key}",
                f"`provider: {auth.provider}` tells the hub no {what}",
                "name the users instead, under `admins` and `allow.users`",
            )
    return provider


def _refused(path: str, message: str, hint: str) -> ConfigError:
    return ConfigError([Problem(path=path, message=message, hint=hint)])


def _issuer(auth: OAuthAuth, example: str) -> str:
    if not auth.issuer:
        raise _refused(
            "auth.issuer",
            f"`provider: {auth.provider}` needs an `issuer`",
            f"add e.g. `issuer: {example}`",
        )
    return auth.issuer.rstrip("/")


def _github(auth: OAuthAuth) -> Provider:
    config: dict[str, Any] = {
        "github_url": (auth.issuer or _GITHUB).rstrip("/"),
        "allowed_organizations": list(auth.allow.groups),
        # Without it only public memberships are seen.
        "scope": ["read:org", "user:email"],
        "populate_teams_in_auth_state": True,
    }
    return Provider(
        authenticator="oauthenticator.github.GitHubOAuthenticator",
        config=config,
        groups_hook="github_groups",
        # Of a private address it does not say whether it is verified.
        domain_claim="",
    )


def _gitlab(auth: OAuthAuth) -> Provider:
    base = (auth.issuer or _GITLAB).rstrip("/")
    return Provider(
        # As an OpenID Connect provider it tells groups, which its own API does not.
        authenticator=_GENERIC,
        config={
            "login_service": "GitLab",
            "authorize_url": f"{base}/oauth/authorize",
            "token_url": f"{base}/oauth/token",
            "userdata_url": f"{base}/oauth/userinfo",
            "scope": ["openid", "email", "profile"],
            "username_claim": "nickname",
            "auth_state_groups_key": _GENERIC_GROUPS,
        },
    )


def _google(_: OAuthAuth) -> Provider:
    return Provider(
        authenticator="oauthenticator.google.GoogleOAuthenticator",
        # Names are whole addresses, whatever the domains.
        config={"strip_domain": False},
        has_groups=False,
        # The organisation, which a private account with its address does not have.
        domain_claim="hd",
        name_is_address=True,
        verified_claim="verified_email",
    )


def _cilogon(auth: OAuthAuth) -> Provider:
    institution = _issuer(auth, "https://idp.example.edu/idp/shibboleth")
    return Provider(
        authenticator="oauthenticator.cilogon.CILogonOAuthenticator",
        # One institution: of several, one could vouch for the addresses of another.
        config={"idps": {institution: {"username_derivation": {"username_claim": "email"}}}},
        has_groups=False,
        verified_claim="",
    )


def _entra(auth: OAuthAuth) -> Provider:
    issuer = _issuer(auth, "https://login.microsoftonline.com/TENANT/v2.0")
    base = issuer.removesuffix("/v2.0")
    return Provider(
        authenticator="oauthenticator.azuread.AzureAdOAuthenticator",
        config={
            "tenant_id": base.rpartition("/")[2],
            "authorize_url": f"{base}/oauth2/v2.0/authorize",
            "token_url": f"{base}/oauth2/v2.0/token",
            "scope": ["openid", "email", "profile"],
            # The address that the tenant's administrators give; `email` may be anything.
            "username_claim": "preferred_username",
            "auth_state_groups_key": "user.groups",
        },
        domain_claim="preferred_username",
        verified_claim="",
    )


def _auth0(auth: OAuthAuth) -> Provider:
    issuer = _issuer(auth, "https://example.eu.auth0.com")
    return Provider(
        authenticator="oauthenticator.auth0.Auth0OAuthenticator",
        config={
            "auth0_domain": urlsplit(issuer).netloc,
            "scope": ["openid", "email", "profile"],
            "auth_state_groups_key": "auth0_user.groups",
        },
        name_is_address=True,
    )


def _discovered(
    example: str, name_claim: str, *, scopes: tuple[str, ...] = ()
) -> Callable[[OAuthAuth], Provider]:
    def preset(auth: OAuthAuth) -> Provider:
        return Provider(
            authenticator=_GENERIC,
            config={
                "scope": ["openid", "email", "profile", *scopes],
                "username_claim": name_claim,
                "auth_state_groups_key": _GENERIC_GROUPS,
            },
            discovery=_issuer(auth, example),
            name_is_address=name_claim == "email",
        )

    return preset


_PRESETS: Final[dict[str, Callable[[OAuthAuth], Provider]]] = {
    "github": _github,
    "gitlab": _gitlab,
    "google": _google,
    "cilogon": _cilogon,
    "entra": _entra,
    "auth0": _auth0,
    "okta": _discovered(
        "https://example.okta.com/oauth2/default", "preferred_username", scopes=("groups",)
    ),
    "keycloak": _discovered("https://login.example.org/realms/main", "preferred_username"),
    "oidc": _discovered("https://login.example.org", "email"),
}
