"""Hold an id token to whom it is for, from and about; part of the hub's configuration.

Its signature is of no interest: the hub fetches it from the provider itself, over TLS. What is
asked stands in ``custom.login``:

``issuers``
    What the provider may call itself, with ``{tenantid}`` where the token names its tenant;
    without it, that is not known.
``identifiedByToken``
    Who it is stands in the id token, so that an old one says nothing.
"""

import time

import jwt
from tornado import web
from tornado.httpclient import HTTPClientError
from traitlets import import_item
from z2jh import get_config

base = c.JupyterHub.authenticator_class


class CheckedIdToken(import_item(base) if isinstance(base, str) else base):
    """The provider's login, which takes no claim from an id token that is not of this login."""

    issuers = tuple(get_config("custom.login.issuers", []))
    says_who = get_config("custom.login.identifiedByToken", False)
    clock_skew_seconds = 60

    async def get_token_info(self, handler, params):
        """Return what the provider gives for a code; an id token that is old already is none."""
        found = await super().get_token_info(handler, params)
        for name in ("access_token", "token_type"):
            if not isinstance(found.get(name), str):
                raise self.refused(f"`{name}` is no text")
        claims = self.claims_of(found.get("id_token"))
        # A renewal may come with the id token of the login, or without any.
        at_login = params.get("grant_type") == "authorization_code"
        if at_login and found.get("id_token") and not self.is_current(claims):
            raise self.refused("the id token has expired already")
        return found

    async def token_to_user(self, token_info):
        """Return who it is; an id token that has expired, and says that, counts as no answer."""
        claims = self.claims_of(token_info.get("id_token"))
        if self.says_who and not self.is_current(claims):
            raise HTTPClientError(401, "the id token has expired")
        found = await super().token_to_user(token_info)
        # OpenID Connect Core 1.0, 5.3.2.
        if claims and "sub" in found and found["sub"] != claims.get("sub"):
            raise self.refused("user info and id token have another `sub` each")
        return found

    def claims_of(self, id_token):
        """Return what an id token says; nothing without one.

        Raises:
            HTTPError: It is none, or it is not for this hub or not from its provider.
        """
        if id_token is None:
            return {}
        options = {"verify_signature": False, "verify_exp": False}
        try:
            claims = jwt.decode(id_token, options=options)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise self.refused("the id token cannot be read") from error
        audience = claims.get("aud")
        if self.client_id not in (audience if isinstance(audience, list) else [audience]):
            raise self.refused(f"the id token is for {audience!r}")
        if self.issuers and not self.is_issuer(claims):
            raise self.refused(f"the id token is from {claims.get('iss')!r}")
        return claims

    def is_issuer(self, claims):
        """Return whether a token is from the provider."""
        known = {each.replace("{tenantid}", str(claims.get("tid"))) for each in self.issuers}
        return str(claims.get("iss")).rstrip("/") in known

    def is_current(self, claims):
        """Return whether a token is still good, by clocks that may differ a little."""
        ends = claims.get("exp")
        known = isinstance(ends, int | float)
        return known and ends + self.clock_skew_seconds >= time.time()

    def refused(self, why):
        """Return the refusal of an answer."""
        told = "The login provider's answer is not valid for this hub; log in again"
        return web.HTTPError(403, "answer refused: %s", why, reason=told)


c.JupyterHub.authenticator_class = CheckedIdToken
