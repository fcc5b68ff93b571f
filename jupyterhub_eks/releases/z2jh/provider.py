"""How an OAuth provider is spoken to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Provider:
    """How one provider is spoken to.

    Attributes:
        authenticator: Class of OAuthenticator.
        title: Name that people know it by.
        config: Its settings, besides client, scopes and allow rules.
        scopes: What is asked for.
        discovery: Issuer whose addresses the hub looks up when it starts.
        issuers: What it may call itself in id tokens, with ``{tenantid}`` for the tenant that
            the token names; empty: that is not known.
        has_groups: Whether it tells groups.
        groups_claim: Claim that holds them; empty where the class or a hook finds them.
        rooted_groups: Whether its groups are paths that begin with a slash.
        groups_hook: File in ``helm_values/hub-config`` that reads them.
        name_is_address: Whether the user name is an e-mail address that must be verified.
        verified_claim: Claim that the address is; empty where the provider vouches for
            it in another way.
        domain_claim: Claim that holds the user's address, or domain; empty without any
            that can be trusted.
        identified_by_token: Whether it is the id token that says who somebody is.
        end_session: Where it ends a session; empty: its discovery document may say so.
        logout_page: Page that does it in a way of its own, with places for ``client_id`` and
            ``back``, where the browser goes then.
    """

    authenticator: str
    title: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()
    discovery: str = ""
    issuers: tuple[str, ...] = ()
    has_groups: bool = True
    groups_claim: str = ""
    rooted_groups: bool = False
    groups_hook: str = ""
    name_is_address: bool = False
    verified_claim: str = "email_verified"
    domain_claim: str = "email"
    identified_by_token: bool = False
    end_session: str = ""
    logout_page: str = ""
