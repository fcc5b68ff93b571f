"""What a provider would know of each of the people. Pure."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.presets import ADDRESS_CLAIMS
from jupyterhub_eks.preview.provider.dialects import TENANT
from jupyterhub_eks.preview.provider.registration import Account

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.preview.people import Person

_DOMAIN: Final = "example.org"
# Whose accounts belong to no organisation (Google's claim `hd`).
_PRIVATE: Final = frozenset({"gmail.com", "googlemail.com"})
# Where a login of the user's own takes groups from, in the words of its class.
_GROUP_KEYS: Final = ("auth_state_groups_key", "claim_groups_key")


def account_of(
    kind: str,
    person: Person,
    deployment: Deployment,
    asked: Mapping[str, Any],
    settings: Mapping[str, Any],
) -> Account:
    """Return somebody's account with a provider.

    Args:
        kind: Key of ``DIALECTS``.
        person: Who, as the hub will know them.
        deployment: What is previewed.
        asked: What the hub asks of the login (``custom.login``).
        settings: Of the login's class.
    """
    auth = deployment.settings.auth
    address = person.name if "@" in person.name else f"{person.name}@{_DOMAIN}"
    local, _, domain = address.partition("@")
    groups = list(person.groups)
    claims: dict[str, Any] = {
        "sub": str(uuid.uuid5(uuid.NAMESPACE_URL, f"preview:{person.name}")),
        "name": local.replace(".", " ").title(),
        "email": address,
        "email_verified": True,
        "preferred_username": person.name,
        "nickname": person.name,
        "groups": [f"/{name}" for name in groups] if asked.get("rootedGroups") else groups,
    }
    if isinstance(auth, CognitoAuth):
        claims |= _federated(auth, person, deployment.settings.region)
    if kind == "google" and domain not in _PRIVATE:
        claims["hd"] = domain
    if kind == "entra":
        claims["tid"] = tenant_of(settings)
    if institution := next(iter(settings.get("idps") or {}), ""):
        claims["idp"] = institution
    return Account(
        name=person.name,
        groups=person.groups,
        about=person.about,
        claims=claims,
        added=_added(person, address, groups, asked, settings),
    )


def tenant_of(settings: Mapping[str, Any]) -> str:
    """Return the id of the tenant of Entra, made up where the configuration has its name."""
    known = str(settings.get("tenant_id") or TENANT)
    return TENANT if "." in known else known


def pool_of(auth: CognitoAuth, region: str) -> str:
    """Return the id of the user pool, made up where a deploy makes the pool."""
    return auth.existing.user_pool_id if auth.existing else f"{region}_Preview01"


def _federated(auth: CognitoAuth, person: Person, region: str) -> dict[str, Any]:
    """Return the claims of whoever comes by an identity provider, whose name is a group."""
    named = [group for group in person.groups if group in auth.identity_providers]
    if not named:
        return {}
    pool = pool_of(auth, region)
    others = [group for group in person.groups if group not in named]
    return {
        "groups": [*(f"{pool}_{name}" for name in named), *others],
        "identities": [{"providerName": name, "userId": person.name} for name in named],
    }


def _added(
    person: Person,
    address: str,
    groups: list[str],
    asked: Mapping[str, Any],
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """Return claims that the configuration names itself: user name and groups."""
    added: dict[str, Any] = {}
    name_claim = settings.get("username_claim")
    if isinstance(name_claim, str):
        added[name_claim] = address if name_claim in ADDRESS_CLAIMS else person.name
    keys = [asked.get("groupsClaim"), *(settings.get(key) for key in _GROUP_KEYS)]
    for key in keys:
        path = key.removeprefix("oauth_user.") if isinstance(key, str) else ""
        if path and path != "groups":
            _put(added, path, groups)
    return added


def _put(claims: dict[str, Any], path: str, value: Any) -> None:
    """Put a value where names joined by dots lead; an address is one name."""
    *outer, last = [path] if "://" in path else path.split(".")
    for name in outer:
        claims = claims.setdefault(name, {})
    claims[last] = value
