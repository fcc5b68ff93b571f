"""Take a provider's addresses from its discovery document; part of the hub's configuration.

``custom.login.issuer`` is the provider. It is asked when the hub starts; if it cannot be
reached then, the hub runs all the same and asks again at the next login.
"""

import json
from urllib.request import urlopen

from tornado import web
from traitlets import default, import_item
from z2jh import get_config

base = c.JupyterHub.authenticator_class


class DiscoveredLogin(import_item(base) if isinstance(base, str) else base):
    """The login of a provider that publishes where it is."""

    issuer = get_config("custom.login.issuer").rstrip("/")
    # Of each attempt; nothing else of the hub goes on meanwhile.
    patience_seconds = 5

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.document = {}
        try:
            self.published("token_endpoint")
        except web.HTTPError as error:
            self.log.warning("%s", error.log_message)

    def published(self, name):
        """Return an address of the document.

        Raises:
            HTTPError: The document cannot be had, or lacks it.
        """
        try:
            if not self.document:
                self.document = self.fetched(self.issuer, self.patience_seconds)
            return self.address_in(self.document, name, self.issuer.partition(":")[0])
        except (OSError, ValueError) as error:
            # urllib's errors are of the system's.
            raise web.HTTPError(
                503,
                f"The discovery document of {self.issuer} cannot be used: {error}",
                reason="The login provider cannot be used just now; an administrator finds "
                "the reason in the log of the hub",
            ) from error

    @default("authorize_url")
    def _where_users_log_in(self):
        return self.published("authorization_endpoint")

    @default("token_url")
    def _where_tokens_are(self):
        return self.published("token_endpoint")

    @default("userdata_url")
    def _where_claims_are(self):
        return self.published("userinfo_endpoint")

    @default("basic_auth")
    def _how_the_hub_proves_itself(self):
        self.published("token_endpoint")
        # In the header only where it takes nothing else; those that do not say mostly take both.
        known = self.document.get("token_endpoint_auth_methods_supported") or []
        return "client_secret_basic" in known and "client_secret_post" not in known

    def end_session_endpoint(self):
        """Return where a session at the provider is ended; empty if it has no such place."""
        self.published("token_endpoint")
        known = "end_session_endpoint" in self.document
        return self.published("end_session_endpoint") if known else ""

    @staticmethod
    def fetched(issuer, seconds):
        """Return the document that an issuer publishes about itself.

        Raises:
            OSError: It cannot be had.
            ValueError: It is none, or another issuer's.
        """
        address = issuer + "/.well-known/openid-configuration"
        with urlopen(address, timeout=seconds) as answer:  # noqa: S310 - https, as checked before
            document = json.load(answer)
        said = document.get("issuer", "") if isinstance(document, dict) else ""
        if str(said).rstrip("/") != issuer:
            raise ValueError(f"it is that of the issuer `{said}`")
        return document

    @staticmethod
    def address_in(document, name, scheme):
        """Return an address, by no less safe a way than the document's own.

        Raises:
            ValueError: There is none.
        """
        found = str(document.get(name, ""))
        if not found:
            raise ValueError(f"it lacks `{name}`")
        if scheme == "https" and not found.startswith("https:"):
            raise ValueError(f"`{name}` is not an https address")
        return found


c.JupyterHub.authenticator_class = DiscoveredLogin
