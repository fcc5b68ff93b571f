"""How each provider writes about a person: addresses, claims, and where groups stand.

Shapes are those of the providers' own documentation; each is what the preset of the same
name in ``releases/z2jh/providers.py`` has to cope with.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

Claims = dict[str, Any]
AUTHORIZE: Final = "/oauth2/authorize"
TOKEN: Final = "/oauth2/token"  # noqa: S105 - a path
USERINFO: Final = "/userinfo"
GITHUB_API: Final = "/api/v3/"
TENANT: Final = "5f1b0c52-1111-4222-8333-944455556666"


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
    known = _only(claims, "email", "email_verified", "identities")
    found = {**known, "cognito:username": claims["sub"]}
    # Who is in no group has no such claim.
    return found | ({"cognito:groups": claims["groups"]} if claims["groups"] else {})


def _google_told(claims: Claims) -> Claims:
    # What version 1 of its user info says, which the hub asks.
    known = {"id": claims["sub"], "verified_email": claims.get("email_verified")}
    return known | {key: claims[key] for key in ("email", "name", "hd") if key in claims}


def _entra_signed(claims: Claims) -> Claims:
    known = {"oid": claims["sub"], "tid": claims.get("tid", TENANT), "ver": "2.0"}
    found = known | _only(claims, "name", "email") | {"preferred_username": claims["email"]}
    return found | ({"groups": claims["groups"]} if claims["groups"] else {})


def _cilogon_told(claims: Claims) -> Claims:
    return _only(claims, "email", "name", "idp")


def _github_told(claims: Claims) -> Claims:
    number = zlib.crc32(claims["sub"].encode())
    return {
        "login": claims["nickname"],
        "id": number,
        "email": claims["email"],
        "type": "User",
    }


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
            token="/oauth2/default/v1/token",  # noqa: S106 - a path
            userinfo="/oauth2/default/v1/userinfo",
            issuer="/oauth2/default",
            logout="/oauth2/default/v1/logout",
            told=_okta_told,
        ),
        "keycloak": Dialect(
            authorize="/realms/main/protocol/openid-connect/auth",
            token="/realms/main/protocol/openid-connect/token",  # noqa: S106 - a path
            userinfo="/realms/main/protocol/openid-connect/userinfo",
            issuer="/realms/main",
            logout="/realms/main/protocol/openid-connect/logout",
        ),
        "auth0": Dialect(
            authorize="/authorize",
            token="/oauth/token",  # noqa: S106 - a path
            name="https://example.eu.auth0.com/",
            logout="/v2/logout",
        ),
        "gitlab": Dialect(
            authorize="/oauth/authorize",
            token="/oauth/token",  # noqa: S106 - a path
            userinfo="/oauth/userinfo",
            logout="/users/sign_out",
            told=_gitlab_told,
        ),
        "cilogon": Dialect(name="https://cilogon.org", told=_cilogon_told),
        # What holds where a provider does not say.
        "oidc": Dialect(proofs=("client_secret_basic",)),
        # Of a class that the configuration describes itself, which may use either.
        "generic": Dialect(),
        "github": Dialect(
            authorize="/login/oauth/authorize",
            token="/login/oauth/access_token",  # noqa: S106 - a path
            userinfo="/api/v3/user",
            told=_github_told,
        ),
    }
)


def github_answer(path: str, name: str, groups: Collection[str]) -> tuple[Any, int]:
    """Return what GitHub's API says about teams and memberships, with the status.

    Args:
        path: Of the request.
        name: Whose token it is made with.
        groups: Their organisations, and teams as ``organisation:team``.
    """
    teams = [group.split(":", 1) for group in groups if ":" in group]
    if path == f"{GITHUB_API}user/teams":
        return [{"slug": team, "organization": {"login": org}} for org, team in teams], 200
    organisations = {group.partition(":")[0] for group in groups}
    if path == f"{GITHUB_API}user/orgs":
        return [{"login": organisation} for organisation in sorted(organisations)], 200
    match path.removeprefix(f"{GITHUB_API}orgs/").split("/"):
        case [organisation, "teams", team, "members", member]:
            wanted = f"{organisation}:{team}"
        case [organisation, "members", member]:
            wanted = organisation
        case _:
            return {"message": "Not Found"}, 404
    if wanted in organisations | set(groups) and member == name.lower():
        return "", 204
    return {"message": "Not Found"}, 404
