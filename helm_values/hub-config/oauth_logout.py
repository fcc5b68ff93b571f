"""End the provider's session with the hub's; part of the hub's configuration.

``custom.login.logout`` says how:

``endpoint``
    Where the provider ends a session (OpenID Connect RP-Initiated Logout 1.0); without it
    its discovery document says so, if anything does.
``back``
    Page of the hub that the provider sends the browser to.
``title``
    Name of the provider, for the words to whoever stays logged in there.
"""

from html import escape

from oauthenticator.oauth2 import OAuthLogoutHandler
from tornado.httputil import url_concat
from tornado.web import HTTPError
from traitlets import import_item
from z2jh import get_config

base = c.JupyterHub.authenticator_class


class LogoutHandler(OAuthLogoutHandler):
    """Logout from the hub, then from the provider."""

    id_token = None

    async def handle_logout(self):
        """Remember whose session it is, as the provider wants to hear."""
        await super().handle_logout()
        state = await self.current_user.get_auth_state() if self.current_user else None
        self.id_token = (state or {}).get("id_token")

    async def render_logout_page(self):
        """Send the browser to the provider, or say that its session goes on."""
        if self.authenticator.logout_redirect_url:
            await super().render_logout_page()
        elif address := self.authenticator.logout_address(self.id_token):
            self.redirect(address)
        else:
            title = escape(self.authenticator.logout["title"])
            words = (
                f"You are logged out of this hub, but not of {title}. "
                "On a computer that others use, log out there too, or close the browser."
            )
            self.finish(await self.render_template("logout.html", announcement_logout=words))


class LogoutEverywhere(import_item(base) if isinstance(base, str) else base):
    """A login whose logout reaches the provider."""

    logout_handler = LogoutHandler
    logout = get_config("custom.login.logout", {})

    def end_session_endpoint(self):
        """Return where the provider ends a session; empty if nothing is known."""
        if endpoint := self.logout.get("endpoint"):
            return endpoint
        discovered = getattr(super(), "end_session_endpoint", None)
        try:
            return discovered() if discovered else ""
        except HTTPError as error:
            self.log.warning("%s", error.log_message)
            return ""

    def logout_address(self, id_token):
        """Return where to send a browser that logs out; empty if the provider has no such place."""
        endpoint = self.end_session_endpoint()
        if not endpoint:
            return ""
        asked = {"client_id": self.client_id, "post_logout_redirect_uri": self.logout["back"]}
        if id_token:
            asked["id_token_hint"] = id_token
        return url_concat(endpoint, asked)


c.JupyterHub.authenticator_class = LogoutEverywhere
