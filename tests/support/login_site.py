"""A hub and its provider, both on loopback, made of an ``auth`` section."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.releases.z2jh.inputs import CognitoClient
from jupyterhub_eks.releases.z2jh.values import jupyterhub_values
from tests.support.browser import Browser
from tests.support.dialects import INSTITUTION, Person
from tests.support.hub import DOMAIN, INPUTS, SECRET, deployment
from tests.support.hub_configuration import configuration
from tests.support.hub_process import ServingHub, serving
from tests.support.provider import Provider, provider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import requests
    from traitlets.config import Config

HOST = DOMAIN["domain"]
CALLBACK = f"https://{HOST}/hub/oauth_callback"
CLIENT = "client-1"
HOME = "/hub/home"
LOGIN = "/hub/login?next=%2Fhub%2Fhome"
# Authenticators whose provider has one address in the world.
_FIXED = {
    "google": "GoogleOAuthenticator",
    "auth0": "Auth0OAuthenticator",
    "cilogon": "CILogonOAuthenticator",
}


@dataclass(frozen=True)
class Site:
    """A hub with its provider.

    Attributes:
        hub: The hub.
        provider: Its provider; None where the hub keeps the passwords itself.
    """

    hub: ServingHub
    provider: Provider | None

    @property
    def idp(self) -> Provider:
        """The provider, where there is one."""
        assert self.provider is not None
        return self.provider

    def browser(self) -> Browser:
        """Return a browser that has never been here."""
        return Browser(HOST, self.hub.address)

    def enter(self, browser: Browser, name: str) -> requests.Response:
        """Log in at the provider; return the page on which that ends."""
        return browser.submit(self.form(browser), {"sub": name})

    def form(self, browser: Browser) -> requests.Response:
        """Return the provider's login form, reached by the hub's login page."""
        return browser.follow(browser.get(LOGIN), "oauth_login")

    def enrol(self, person: Person) -> Person:
        """Have a person at the provider."""
        self.idp.enrol(person)
        return person

    def type_in(self, browser: Browser, name: str, password: str) -> requests.Response:
        """Fill in the hub's own login form."""
        return browser.submit(browser.get(LOGIN), {"username": name, "password": password})


@contextmanager
def site(
    auth: Mapping[str, Any],
    folder: Path,
    *,
    profiles: Mapping[str, Any] | None = None,
    change: Callable[[Config], None] | None = None,
    known: Provider | None = None,
) -> Iterator[Site]:
    """Yield a hub with its provider.

    Args:
        auth: Section ``auth``, without address and client of the provider.
        folder: Where the hub keeps its state.
        profiles: Content of ``profiles.yaml``.
        change: What is different from a deployment, such as a short time.
        known: A provider that is there already.
    """
    kind = auth.get("provider", auth["type"])
    with ExitStack() as stack:
        there = known
        if there is None and auth["type"] in {"cognito", "oauth"}:
            there = stack.enter_context(provider(kind, client=(CLIENT, SECRET), callback=CALLBACK))
        config = configure(auth, there, profiles)
        if change:
            change(config)
        yield Site(stack.enter_context(serving(config, folder)), there)


def configure(
    auth: Mapping[str, Any], there: Provider | None, profiles: Mapping[str, Any] | None = None
) -> Config:
    """Return the hub's configuration for a provider on loopback."""
    given, inputs = dict(auth), INPUTS
    if there and auth["type"] == "cognito":
        client = CognitoClient(client_id=CLIENT, client_secret=SECRET, login_url=there.url)
        inputs = replace(inputs, cognito=client)
    elif there:
        given["client_id"] = CLIENT
        given |= {"issuer": issuer} if (issuer := _issuer(there)) else {}
    access = {} if auth["type"] == "dummy" else DOMAIN
    config = configuration(
        jupyterhub_values(deployment(profiles, auth=given, access=access), inputs)
    )
    if there and there.kind in _FIXED:
        config[_FIXED[there.kind]].update(
            {
                "authorize_url": there.url + there.dialect.authorize,
                "token_url": there.url + there.dialect.token,
                "userdata_url": there.url + there.dialect.userinfo,
            }
        )
    return config


def _issuer(there: Provider) -> str | None:
    known = {"google": None, "auth0": "https://example.eu.auth0.com", "cilogon": INSTITUTION}
    return known.get(there.kind, there.issuer)
