"""What is particular to each OAuth provider that ``auth.provider`` names.

A provider of which only the issuer is known is asked for its addresses by the hub when it
starts, so that none is guessed (D33).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from jupyterhub_eks.config.logins.presets import PRESETS, tells_groups
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.problems import Problem
from jupyterhub_eks.releases.z2jh.provider import Provider

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterhub_eks.config.logins.oauth import OAuthAuth

_GENERIC: Final = "oauthenticator.generic.GenericOAuthenticator"
_OPENID: Final = ("openid", "email", "profile")
_GITHUB: Final = "https://github.com"
_GITLAB: Final = "https://gitlab.com"


def provider_of(auth: OAuthAuth) -> Provider:
    """Return the provider of the ``auth`` section.

    Raises:
        ConfigError: It cannot do what the allow rules ask, or lacks an issuer.
    """
    preset = PRESETS[auth.provider]
    known = _PROVIDERS[auth.provider](auth)
    provider = replace(
        known,
        title=known.title or preset.title,
        has_groups=tells_groups(auth),
        groups_claim=auth.groups_claim or known.groups_claim,
        domain_claim=known.domain_claim if preset.has_domains else "",
        scopes=tuple(dict.fromkeys((*known.scopes, *auth.scopes))),
    )
    own_groups = bool(auth.groups) and not provider.has_groups
    wanted = (
        ("allow.groups", auth.allow.groups, provider.has_groups or own_groups, "groups"),
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


def _issuer(auth: OAuthAuth) -> str:
    if not auth.issuer:
        raise _refused(
            "auth.issuer",
            f"`provider: {auth.provider}` needs an `issuer`",
            f"add e.g. `issuer: {PRESETS[auth.provider].issuer}`",
        )
    return auth.issuer.rstrip("/")


def _named(auth: OAuthAuth, claim: str) -> dict[str, Any]:
    return {"username_claim": auth.username_claim or claim}


def _github(auth: OAuthAuth) -> Provider:
    return Provider(
        authenticator="oauthenticator.github.GitHubOAuthenticator",
        config={
            "github_url": (auth.issuer or _GITHUB).rstrip("/"),
            "allowed_organizations": list(auth.allow.groups),
            "populate_teams_in_auth_state": True,
            **_named(auth, "login"),
        },
        # Without it only public memberships are seen.
        scopes=("read:org", "user:email"),
        groups_hook="github_groups",
    )


def _gitlab(auth: OAuthAuth) -> Provider:
    base = (auth.issuer or _GITLAB).rstrip("/")
    return Provider(
        # As an OpenID Connect provider it tells groups, which its own API does not.
        authenticator=_GENERIC,
        config={
            "login_service": PRESETS["gitlab"].title,
            "authorize_url": f"{base}/oauth/authorize",
            "token_url": f"{base}/oauth/token",
            "userdata_url": f"{base}/oauth/userinfo",
            **_named(auth, "nickname"),
        },
        scopes=_OPENID,
        issuers=(base,),
        groups_claim="groups",
        name_is_address=auth.username_claim == "email",
    )


def _google(auth: OAuthAuth) -> Provider:
    return Provider(
        authenticator="oauthenticator.google.GoogleOAuthenticator",
        # Names are whole addresses, whatever the domains.
        config={"strip_domain": False, **_named(auth, "email")},
        scopes=("openid", "email"),
        # Google writes either.
        issuers=("https://accounts.google.com", "accounts.google.com"),
        # The organisation, which a private account with its address does not have.
        domain_claim="hd",
        name_is_address=auth.username_claim in (None, "email"),
        verified_claim="verified_email",
    )


def _cilogon(auth: OAuthAuth) -> Provider:
    derivation = _named(auth, "email")
    return Provider(
        authenticator="oauthenticator.cilogon.CILogonOAuthenticator",
        # One institution: of several, one could vouch for the addresses of another.
        config={"idps": {_issuer(auth): {"username_derivation": derivation}}},
        scopes=("openid", "email", "org.cilogon.userinfo", "profile"),
        issuers=("https://cilogon.org",),
        verified_claim="",
    )


def _entra(auth: OAuthAuth) -> Provider:
    base = _issuer(auth).removesuffix("/v2.0")
    # The address that the tenant's administrators give; `email` may be anything.
    name = _named(auth, "preferred_username")
    return Provider(
        authenticator="oauthenticator.azuread.AzureAdOAuthenticator",
        config={
            "login_service": PRESETS["entra"].title,
            "tenant_id": base.rpartition("/")[2],
            "authorize_url": f"{base}/oauth2/v2.0/authorize",
            "token_url": f"{base}/oauth2/v2.0/token",
            **name,
        },
        # Else there is no refresh token, and everybody logs in again every hour.
        scopes=(*_OPENID, "offline_access"),
        issuers=(_tenant_issuer(base),),
        groups_claim="groups",
        domain_claim="preferred_username",
        verified_claim="",
        identified_by_token=True,
        end_session=f"{base}/oauth2/v2.0/logout",
    )


def _tenant_issuer(base: str) -> str:
    """Return what a tenant of Entra calls itself: by its id, also where it has a name."""
    url = urlsplit(base)
    tenant, host = url.path.strip("/"), url.netloc
    if "." in tenant:
        tenant = "{tenantid}"
    if host.endswith(".ciamlogin.com"):
        host = f"{tenant}.ciamlogin.com"
    return f"{url.scheme}://{host}/{tenant}/v2.0"


def _auth0(auth: OAuthAuth) -> Provider:
    issuer = _issuer(auth)
    return Provider(
        authenticator="oauthenticator.auth0.Auth0OAuthenticator",
        config={
            "auth0_domain": urlsplit(issuer).netloc,
            **_named(auth, "email"),
        },
        scopes=_OPENID,
        issuers=(issuer,),
        groups_claim="groups",
        name_is_address=auth.username_claim in (None, "email"),
        # Its OpenID Connect endpoint for this is off in tenants made before November 2023.
        logout_page=f"{issuer}/v2/logout?client_id={{client_id}}&returnTo={{back}}",
    )


def _discovered(name_claim: str, *scopes: str) -> Callable[[OAuthAuth], Provider]:
    def provider(auth: OAuthAuth) -> Provider:
        issuer = _issuer(auth)
        title = PRESETS[auth.provider].title
        if auth.provider == "oidc":
            title = urlsplit(issuer).hostname or title
        return Provider(
            authenticator=_GENERIC,
            title=title,
            config={"login_service": title, **_named(auth, name_claim)},
            scopes=(*_OPENID, *scopes),
            groups_claim="groups",
            rooted_groups=auth.provider == "keycloak",
            discovery=issuer,
            issuers=(issuer,),
            name_is_address=(auth.username_claim or name_claim) == "email",
        )

    return provider


_PROVIDERS: Final[dict[str, Callable[[OAuthAuth], Provider]]] = {
    "github": _github,
    "gitlab": _gitlab,
    "google": _google,
    "cilogon": _cilogon,
    "entra": _entra,
    "auth0": _auth0,
    "okta": _discovered("preferred_username", "groups"),
    "keycloak": _discovered("preferred_username"),
    "oidc": _discovered("email"),
}
