"""How each provider writes about a person: addresses, claims, and where groups stand.

Shapes are those of the providers' own documentation; each is what the preset of the same
name in ``releases/z2jh/providers.py`` has to cope with.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Claims = dict[str, Any]
# Addresses of the OpenID Connect server that stands behind the layer.
AUTHORIZE: Final = "/oauth2/authorize"
TOKEN: Final = "/oauth2/token"
USERINFO: Final = "/userinfo"
GITHUB_API: Final = "/api/v3/"
TENANT: Final = "5f1b0c52-1111-4222-8333-944455556666"
INSTITUTION: Final = "https://idp.example.edu/idp/shibboleth"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who has an account with a provider.

    Attributes:
        name: The name that they log in with there; the subject, too.
        email: Address.
        verified: Whether the provider has seen that the address is theirs.
        groups: Groups, ids of groups, or ``organisation:team`` with GitHub.
        about: Claims that only some have.
    """

    name: str
    email: str
    verified: bool = True
    groups: tuple[str, ...] = ()
    about: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def claims(self) -> Claims:
        """What a provider knows, by the standard's names."""
        return {
            "email": self.email,
            "email_verified": self.verified,
            "name": self.name.title(),
            "preferred_username": self.name,
            "nickname": self.name,
            "groups": list(self.groups),
            **self.about,
        }


def _only(claims: Claims, *names: str) -> Claims:
    return {name: claims[name] for name in ("sub", *names) if name in claims}


def _plain(claims: Claims) -> Claims:
    return dict(claims)


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """One provider's way.

    Attributes:
        authorize: Path of its login page.
        token: Path of its token endpoint.
        userinfo: Path that tells claims; empty where only the id token does.
        issuer: Path of its issuer.
        name: What it calls itself in id tokens; empty: by its issuer.
        logout: Path that ends its session.
        told: Claims that ``userinfo`` tells, of those that the scopes let through.
        signed: Claims of the id token.
        proofs: Ways in which a client may prove itself.
    """

    authorize: str = AUTHORIZE
    token: str = TOKEN
    userinfo: str = USERINFO
    issuer: str = ""
    name: str = ""
    logout: str = "/oauth2/end_session"
    told: Callable[[Claims], Claims] = _plain
    signed: Callable[[Claims], Claims] = _plain
    proofs: tuple[str, ...] = ("client_secret_basic", "client_secret_post")


def _cognito_told(claims: Claims) -> Claims:
    # Not the groups (oauthenticator issue 793); whether an address is verified is a word.
    verified = "true" if claims.get("email_verified") else "false"
    return {**_only(claims, "email"), "email_verified": verified, "username": claims["sub"]}


def _cognito_signed(claims: Claims) -> Claims:
    found = {**_only(claims, "email", "email_verified"), "cognito:username": claims["sub"]}
    # Who is in no group has no such claim.
    return found | ({"cognito:groups": claims["groups"]} if claims["groups"] else {})


def _google_told(claims: Claims) -> Claims:
    # What version 1 of its user info says, which the hub asks.
    known = {"id": claims["sub"], "verified_email": claims.get("email_verified")}
    return known | {key: claims[key] for key in ("email", "name", "hd") if key in claims}


def _entra_signed(claims: Claims) -> Claims:
    known = {"oid": claims["sub"], "tid": TENANT, "ver": "2.0"}
    found = known | _only(claims, "name", "email") | {"preferred_username": claims["email"]}
    return found | ({"groups": claims["groups"]} if claims["groups"] else {})


def _cilogon_told(claims: Claims) -> Claims:
    return {"idp": INSTITUTION, **_only(claims, "email", "name", "idp")}


def _github_told(claims: Claims) -> Claims:
    return {"login": claims["nickname"], "id": 7, "email": claims["email"], "type": "User"}


def _gitlab_told(claims: Claims) -> Claims:
    return _only(claims, "name", "nickname", "email", "email_verified", "groups")


def _okta_told(claims: Claims) -> Claims:
    known = _only(claims, "name", "email", "email_verified", "groups")
    return known | {"preferred_username": claims["email"]}


DIALECTS: Final[Mapping[str, Dialect]] = MappingProxyType(
    {
        "cognito": Dialect(
            userinfo="/oauth2/userInfo",
            logout="/logout",
            told=_cognito_told,
            signed=_cognito_signed,
        ),
        "google": Dialect(name="https://accounts.google.com", told=_google_told),
        "entra": Dialect(
            authorize=f"/{TENANT}/oauth2/v2.0/authorize",
            token=f"/{TENANT}/oauth2/v2.0/token",
            userinfo="",
            issuer=f"/{TENANT}/v2.0",
            logout=f"/{TENANT}/oauth2/v2.0/logout",
            signed=_entra_signed,
        ),
        "okta": Dialect(
            authorize="/oauth2/default/v1/authorize",
            token="/oauth2/default/v1/token",
            userinfo="/oauth2/default/v1/userinfo",
            issuer="/oauth2/default",
            logout="/oauth2/default/v1/logout",
            told=_okta_told,
        ),
        "keycloak": Dialect(
            authorize="/realms/main/protocol/openid-connect/auth",
            token="/realms/main/protocol/openid-connect/token",
            userinfo="/realms/main/protocol/openid-connect/userinfo",
            issuer="/realms/main",
            logout="/realms/main/protocol/openid-connect/logout",
        ),
        "auth0": Dialect(
            authorize="/authorize",
            token="/oauth/token",
            name="https://example.eu.auth0.com/",
            logout="/v2/logout",
        ),
        "gitlab": Dialect(
            authorize="/oauth/authorize",
            token="/oauth/token",
            userinfo="/oauth/userinfo",
            logout="/users/sign_out",
            told=_gitlab_told,
        ),
        "cilogon": Dialect(name="https://cilogon.org", told=_cilogon_told),
        # What holds where a provider does not say.
        "oidc": Dialect(proofs=("client_secret_basic",)),
        "github": Dialect(
            authorize="/login/oauth/authorize",
            token="/login/oauth/access_token",
            userinfo="/api/v3/user",
            told=_github_told,
        ),
    }
)


def github_answer(path: str, person: Person) -> tuple[Any, int]:
    """Return what GitHub's API says about teams and memberships, with the status."""
    teams = [group.split(":") for group in person.groups if ":" in group]
    if path == f"{GITHUB_API}user/teams":
        return [{"slug": team, "organization": {"login": org}} for org, team in teams], 200
    organisations = {group.partition(":")[0] for group in person.groups}
    if path == f"{GITHUB_API}user/orgs":
        return [{"login": name} for name in sorted(organisations)], 200
    match path.removeprefix(f"{GITHUB_API}orgs/").split("/"):
        case [organisation, "teams", team, "members", name]:
            wanted = f"{organisation}:{team}"
        case [organisation, "members", name]:
            wanted = organisation
        case _:
            return {"message": "Not Found"}, 404
    if wanted in organisations | set(person.groups) and name == person.name.lower():
        return "", 204
    return {"message": "Not Found"}, 404
