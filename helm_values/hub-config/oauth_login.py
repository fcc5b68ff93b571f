"""Ask more of a login than its provider does; part of the hub's configuration.

What is asked stands in ``custom.login``:

``nameIsAddress``
    The user name is an e-mail address, so nobody enters whose address is not verified.
``verifiedClaim``
    Claim by which the provider says that the address is; without it, it always is.
``domains``, ``domainClaim``
    E-mail domains whose users may log in, and the claim that holds address or domain.
``issuer``
    Provider whose addresses are taken from its discovery document.
"""

import json
from urllib.request import urlopen

from tornado import web
from traitlets import import_item
from z2jh import get_config

asked = get_config("custom.login", {})


def discover(issuer):
    """Return the addresses that an OpenID Connect provider publishes about itself."""
    address = issuer.rstrip("/") + "/.well-known/openid-configuration"
    with urlopen(address, timeout=30) as answer:  # noqa: S310 - https, as checked before
        document = json.load(answer)
    return {
        "authorize_url": document["authorization_endpoint"],
        "token_url": document["token_endpoint"],
        "userdata_url": document["userinfo_endpoint"],
    }


def is_verified(claims):
    """Return whether the provider vouches for the user's address."""
    claim = asked.get("verifiedClaim")
    # Cognito writes the word, others the value.
    return not claim or str(claims.get(claim)).lower() == "true"


class OAuthLogin(import_item(c.JupyterHub.authenticator_class)):
    """The provider's login, with verified addresses and allowed domains."""

    async def update_auth_model(self, auth_model):
        """Refuse an address that is not verified, also where everyone may enter."""
        claims = auth_model["auth_state"][self.user_auth_state_key]
        if asked.get("nameIsAddress") and not is_verified(claims):
            raise web.HTTPError(403, "Your e-mail address is not verified.")
        return await super().update_auth_model(auth_model)

    async def check_allowed(self, username, auth_model):
        """Return whether the user may enter."""
        if auth_model is None or await super().check_allowed(username, auth_model):
            return True
        claims = auth_model["auth_state"][self.user_auth_state_key]
        domain = str(claims.get(asked.get("domainClaim")) or "").rpartition("@")[2]
        return is_verified(claims) and domain.lower() in asked.get("domains", [])


c.JupyterHub.authenticator_class = OAuthLogin
if asked.get("domains"):
    # Else the hub warns that nobody may enter.
    c.Authenticator.any_allow_config = True
if asked.get("issuer"):
    for name, address in discover(asked["issuer"]).items():
        c.GenericOAuthenticator.setdefault(name, address)
