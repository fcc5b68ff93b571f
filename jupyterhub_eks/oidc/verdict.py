"""Whether the hub would let somebody in, as whom, and by which rule.

The same rules as the hub's own, which are traits of OAuthenticator 17.4 and JupyterHub 5.5
and what ``hub-config`` adds; tests hold both against each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.oauth import OAuthAuth
from jupyterhub_eks.oidc.claims import Claims, Told, groups_meant, groups_told, is_verified
from jupyterhub_eks.oidc.pool import limited, told_by_pool
from jupyterhub_eks.releases.z2jh.login import always_kept, has_provider_groups

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.releases.z2jh.provider import Provider

# Of letters that are capitals of others, as the hub's own pattern.
_FLAGS: Final = re.IGNORECASE | re.ASCII
MOST_NAME_BYTES: Final = 255
"""Of a user name in UTF-8; the hub's database holds no more (``hub-config/who_may_enter.py``)."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the hub would do.

    Attributes:
        name: User name there; empty: none could be told.
        groups: Groups that the provider tells.
        admin: Whether they would administer the hub.
        allowed: Whether they would be let in.
        because: Why, or why not; one sentence each.
        unless: What only the hub itself knows, and may let them in all the same.
    """

    name: str
    groups: tuple[str, ...] = ()
    admin: bool = False
    allowed: bool = False
    because: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


def judge(auth: OAuthAuth | CognitoAuth, provider: Provider, told: Told) -> Verdict:
    """Return what the hub would do with somebody.

    Args:
        auth: The ``auth`` section.
        provider: The same, as the hub speaks to it.
        told: What the provider told about them.
    """
    if isinstance(auth, CognitoAuth):
        told = told_by_pool(auth, told)
    claims = told.id_token if provider.identified_by_token else told.userinfo
    told = replace(told, userinfo=claims)
    name, refusal = _name(auth, provider, told)
    if refusal:
        return Verdict(name=name, because=(refusal,))
    groups = groups_told(provider, told)
    by_group = frozenset(groups) & groups_meant(provider, auth.admin_groups)
    listed = name in _normal(auth.admins)
    admin = listed or bool(by_group)
    # Nobody is invited by a provider that has a group of the same name.
    groups = tuple(group for group in groups if group not in always_kept(auth))
    if name in _normal(auth.block):
        because: tuple[str, ...] = ("`block` names them",)
        return Verdict(name=name, groups=groups, admin=admin, because=because)
    reasons = ["`admins` names them"] if listed else []
    reasons += [f"`admin_groups` names their group `{group}`" for group in sorted(by_group)]
    if auth.allow.everyone:
        reasons.append("`allow` lets everyone in")
    elif unverified := _auth0_refusal(auth, claims):
        return Verdict(name=name, groups=groups, admin=admin, because=(unverified,))
    reasons += _rules(auth, provider, claims, name, groups)
    if reasons:
        return Verdict(name=name, groups=groups, admin=admin, allowed=True, because=tuple(reasons))
    return Verdict(
        name=name,
        groups=groups,
        because=("no rule of `allow` fits them",),
        unless=tuple(_known_there(auth)),
    )


def _name(auth: OAuthAuth | CognitoAuth, provider: Provider, told: Told) -> tuple[str, str]:
    """Return the user name, and why there is none that may enter."""
    claims, preset, chosen = told.userinfo, "", None
    if isinstance(auth, OAuthAuth):
        preset, chosen = auth.provider, auth.username_claim
        if preset == "cilogon" and claims.get("idp") != auth.issuer:
            said = claims.get("idp") or "none"
            return "", f"they came by the institution `{said}`, and `issuer` is another one"
    claim = chosen or _name_claim(provider)
    found = claims.get(claim)
    if not found or not isinstance(found, str):
        return "", f"the provider did not tell the claim `{claim}`, which is the user name"
    if preset == "google" and "@" not in str(claims.get("email") or ""):
        return "", "the provider did not tell an address in the claim `email`"
    name = found.lower()
    if unfit := _unfit(found, name):
        return name, unfit
    if provider.name_is_address and not is_verified(provider, claims):
        return name, f"their address is not verified: {_unverified(auth, provider, told)}"
    return name, ""


def _unverified(auth: OAuthAuth | CognitoAuth, provider: Provider, told: Told) -> str:
    ways = limited(auth, told) if isinstance(auth, CognitoAuth) else ()
    if not ways:
        return f"the provider does not say `{provider.verified_claim}`"
    return f"they came by `{'`, `'.join(ways)}`, whose word counts for its `email_domains` only"


def _unfit(told: str, name: str) -> str:
    """Return why the hub takes no user of a name; empty: it does."""
    if not name.isprintable():
        return "a user name has no control characters"
    if len(name.encode()) > MOST_NAME_BYTES:
        return f"a user name has no more than {MOST_NAME_BYTES} bytes"
    if name.isascii() and not told.isascii():
        return f"the user name `{told}` has letters that look like others"
    if "/" in name or name != name.strip():
        return "a user name has no `/`, and no spaces around it"
    return ""


def _name_claim(provider: Provider) -> str:
    config = provider.config
    if "idps" in config:
        (institution,) = config["idps"].values()
        return str(institution["username_derivation"]["username_claim"])
    return str(config["username_claim"])


def _auth0_refusal(auth: OAuthAuth | CognitoAuth, claims: Claims) -> str:
    """Return why Auth0's own login refuses somebody before any rule is asked."""
    if isinstance(auth, CognitoAuth) or auth.provider != "auth0":
        return ""
    if "email" not in claims:
        return "the provider did not tell the claim `email`"
    if not claims.get("email_verified"):
        return "their address is not verified: the provider does not say `email_verified`"
    return ""


def _rules(
    auth: OAuthAuth | CognitoAuth,
    provider: Provider,
    claims: Claims,
    name: str,
    groups: tuple[str, ...],
) -> Iterator[str]:
    if name in _normal(auth.allow.users):
        yield "`allow.users` names them"
    if provider.has_groups:
        for group in sorted(frozenset(groups) & groups_meant(provider, auth.allow.groups)):
            yield f"`allow.groups` names their group `{group}`"
    domains = {domain.lower() for domain in auth.allow.domains}
    domain = str(claims.get(provider.domain_claim) or "").rpartition("@")[2].lower()
    if domain in domains and is_verified(provider, claims):
        yield f"`allow.domains` names their domain `{domain}`"
    if auth.allow.pattern and re.fullmatch(auth.allow.pattern, name, _FLAGS):
        yield "`allow.pattern` fits their name"


def _known_there(auth: OAuthAuth | CognitoAuth) -> Iterator[str]:
    """Yield memberships that let somebody in, and are kept by the hub."""
    if not has_provider_groups(auth):
        for group in auth.allow.groups:
            yield f"the hub has them in its group `{group}`"
    for group in always_kept(auth):
        yield f"the hub has them in its group `{group}` (`jhub users add`)"


def _normal(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)
