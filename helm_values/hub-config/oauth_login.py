"""Ask more of a login than its provider does; part of the hub's configuration.

What is asked stands in ``custom.login``:

``nameIsAddress``
    The user name is an e-mail address, so nobody enters whose address is not verified.
``verifiedClaim``
    Claim by which the provider says that the address is; without it, it always is.
``domains``, ``domainClaim``
    E-mail domains whose users may log in, and the claim that holds address or domain.
``groupsClaim``
    Claim that holds the groups, of the user info or else of the id token.
``rootedGroups``
    Groups are paths that begin with a slash, which is left out.
"""

from contextvars import ContextVar
from http import HTTPStatus

from tornado import web
from tornado.httpclient import HTTPClientError
from traitlets import import_item
from z2jh import get_config

base = c.JupyterHub.authenticator_class


class OAuthLogin(import_item(base) if isinstance(base, str) else base):
    """The provider's login, with verified addresses, allowed domains and groups by claim."""

    asked = get_config("custom.login", {})
    away = "The login provider does not answer just now; try again in some minutes"
    # Of the renewal that goes on: whether the provider was asked in vain.
    in_vain = ContextVar("in_vain", default=False)

    @staticmethod
    def claim_in(claims, name):
        """Return a claim by its name, or by names joined by dots of mappings within each other."""
        if name in claims:
            return claims[name]
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found

    def is_verified(self, claims):
        """Return whether the provider vouches for the user's address."""
        claim = self.asked.get("verifiedClaim")
        # Cognito writes the word, others the value.
        return not claim or str(claims.get(claim)).lower() == "true"

    async def authenticate(self, handler, data=None, **kwargs):
        """Return who has logged in; say whose fault it is where that is not to be had."""
        try:
            return await super().authenticate(handler, data, **kwargs)
        except (ValueError, RecursionError) as error:
            told = "The login provider's answer cannot be read; tell an administrator"
            raise web.HTTPError(502, "no JSON: %r", error, reason=told) from error
        except OSError as error:
            raise web.HTTPError(503, "no answer: %s", error, reason=self.away) from error
        except HTTPClientError as error:
            said = (error.response.body or b"")[:500] if error.response else b""
            if self.is_fault(error):
                raise web.HTTPError(503, "%s %r", error, said, reason=self.away) from error
            if b"invalid_client" in said or self.is_refused_client(error):
                told = "The login provider refuses the hub's client secret; tell an administrator"
                raise web.HTTPError(502, "client refused: %r", said, reason=told) from error
            told = "The login provider refuses this login; log in again"
            raise web.HTTPError(403, "login refused: %s %r", error, said, reason=told) from error

    @staticmethod
    def is_fault(error):
        """Return whether it is the provider that fails, or is not reached (599), and no refusal."""
        return error.code >= HTTPStatus.INTERNAL_SERVER_ERROR

    def is_refused_client(self, error):
        """Return whether it is the hub that the provider does not know, not the user."""
        asked = error.response.request.url.partition("?")[0] if error.response else ""
        return error.code == HTTPStatus.UNAUTHORIZED and asked == self.token_url

    async def update_auth_model(self, auth_model):
        """Refuse an address that is not verified, also where everyone may enter."""
        claims = auth_model["auth_state"][self.user_auth_state_key]
        if self.asked.get("nameIsAddress") and not self.is_verified(claims):
            raise web.HTTPError(403, "Your e-mail address is not verified.")
        return await super().update_auth_model(auth_model)

    async def check_allowed(self, username, auth_model):
        """Return whether the user may enter."""
        if auth_model is None or await super().check_allowed(username, auth_model):
            return True
        claims = auth_model["auth_state"][self.user_auth_state_key]
        domain = str(claims.get(self.asked.get("domainClaim")) or "").rpartition("@")[2]
        return self.is_verified(claims) and domain.lower() in self.asked.get("domains", [])

    async def get_user_groups(self, auth_state):
        """Return the groups of the configured claim."""
        claim = self.asked.get("groupsClaim")
        if not claim:
            return await super().get_user_groups(auth_state)
        found = self.claim_in(auth_state[self.user_auth_state_key], claim)
        if found is None:
            found = self.claim_in(self.claims_of(auth_state.get("id_token")), claim)
        names = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        rooted = self.asked.get("rootedGroups")
        return {
            name.removeprefix("/") if rooted else name
            for name in names
            if isinstance(name, str) and name
        }

    async def get_token_info(self, handler, params):
        """Return new tokens; note whether it is the provider's fault that there are none."""
        try:
            return await super().get_token_info(handler, params)
        except (HTTPClientError, OSError) as error:
            self.in_vain.set(isinstance(error, OSError) or self.is_fault(error))
            raise

    async def refresh_user(self, user, handler=None, **kwargs):
        """Leave everybody logged in while the provider cannot be reached."""
        self.in_vain.set(False)
        try:
            found = await super().refresh_user(user, handler, **kwargs)
        except (HTTPClientError, OSError) as error:
            self.log.warning("the login of %s could not be renewed: %s", user.name, error)
            return True
        # A renewal without new tokens ends the login, for whatever reason there are none.
        return found or self.in_vain.get()


c.JupyterHub.authenticator_class = OAuthLogin
if OAuthLogin.asked.get("domains"):
    # Else the hub warns that nobody may enter.
    c.Authenticator.any_allow_config = True
