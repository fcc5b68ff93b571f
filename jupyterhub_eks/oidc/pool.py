"""What a user pool told about somebody, as the hub reads it (``hub-config/cognito_groups.py``)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.releases.z2jh.cognito import trusted_domains

if TYPE_CHECKING:
    from jupyterhub_eks.config.logins.cognito import CognitoAuth
    from jupyterhub_eks.oidc.claims import Claims, Told


def told_by_pool(auth: CognitoAuth, told: Told) -> Told:
    """Return it with the groups, and with the provider's word about the address."""
    return replace(
        told, userinfo=_with_word(auth, told), groups=tuple(_groups_of_pool(told.id_token))
    )


def _groups_of_pool(claims: Claims) -> list[str]:
    """Return the groups; that of a provider has the provider's name."""
    known = claims.get("cognito:groups") or []
    if not isinstance(known, list) or not all(isinstance(each, str) for each in known):
        raise _unreadable("cognito:groups")
    own = f"{str(claims.get('iss') or '').rpartition('/')[2]}_"
    return [group.removeprefix(own) for group in known]


def _with_word(auth: CognitoAuth, told: Told) -> Claims:
    """Return the user info; whoever came by a provider has an address of its domains, or none."""
    trusted, names = trusted_domains(auth), _ways(told.id_token)
    limits = [trusted[name] for name in limited(auth, told)]
    if not limits:
        return told.userinfo
    user = told.userinfo
    name, _, domain = str(user.get("email") or "").lower().rpartition("@")
    said = len(limits) == len(names) or str(user.get("email_verified")).lower() == "true"
    is_own = bool(name) and all(domain in domains for domains in limits)
    return {**user, "email_verified": said and is_own}


def limited(auth: CognitoAuth, told: Told) -> tuple[str, ...]:
    """Return the providers that they came by and whose word counts for some domains only."""
    return tuple(name for name in _ways(told.id_token) if name in trusted_domains(auth))


def _ways(claims: Claims) -> list[str]:
    try:
        return [str(each["providerName"]) for each in claims.get("identities") or []]
    except (LookupError, TypeError) as error:
        raise _unreadable("identities") from error


def _unreadable(claim: str) -> PreflightError:
    return PreflightError(
        f"the id token's `{claim}` is not as Cognito writes it",
        hint="look for a trigger of the pool that writes claims; the hub lets nobody in so",
    )
