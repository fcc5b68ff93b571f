"""The hub of a preview with what stands in for its provider, both on loopback, in this process."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from jupyterhub_eks.preview.login_people import people_of
from jupyterhub_eks.preview.login_values import for_preview
from jupyterhub_eks.preview.people import parse_people
from jupyterhub_eks.preview.provider.server import stand_in
from jupyterhub_eks.releases.z2jh.values import jupyterhub_values
from tests.support.browser import Browser
from tests.support.hub import DOMAIN, INPUTS, deployment
from tests.support.hub_configuration import configuration
from tests.support.hub_process import ServingHub, serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import requests

    from jupyterhub_eks.preview.login_values import LoginPreview
    from jupyterhub_eks.preview.people import Person

# Where people open the hub; the browser leads that to wherever it listens.
HOST = "127.0.0.1:8000"
LOGIN = "/hub/login?next=%2Fhub%2Fhome"


@dataclass(frozen=True)
class PreviewSite:
    """A previewed hub.

    Attributes:
        hub: The hub.
        login: Its login, as the command has it.
        people: Who can log in.
        provider_url: Where the stand-in is.
        host: Where people open the hub.
    """

    hub: ServingHub
    login: LoginPreview
    people: tuple[Person, ...]
    provider_url: str
    host: str = HOST

    def browser(self) -> Browser:
        """Return a browser that has never been here."""
        return Browser(self.host, self.hub.address, "http")

    def choices(self, browser: Browser) -> requests.Response:
        """Return the stand-in's page, reached by the hub's login page."""
        return browser.follow(browser.get(LOGIN), "oauth_login")

    def enter(self, browser: Browser, name: str) -> requests.Response:
        """Choose somebody there; return the page on which that ends."""
        return press(browser, self.choices(browser), "person", name)

    def type_in(self, browser: Browser, name: str, password: str) -> requests.Response:
        """Fill in the hub's own login form."""
        return browser.submit(browser.get(LOGIN), {"username": name, "password": password})


def offered(page: requests.Response) -> list[str]:
    """Return the people whom the stand-in's page offers."""
    return [unescape(name) for name in re.findall(r'name="person" value="([^"]*)"', page.text)]


def press(browser: Browser, page: requests.Response, name: str, value: str) -> requests.Response:
    """Press a button of the stand-in's form, which has to be there."""
    if name == "person":
        assert value in offered(page), page.text
    else:
        assert f'name="{name}" value="{value}"' in page.text
    (target,) = re.findall(r'<form method="post" action="([^"]*)"', page.text)
    return browser.post(page.url.partition("?")[0] + unescape(target), {name: value})


@contextmanager
def preview_site(
    auth: Mapping[str, Any],
    folder: Path,
    people: Sequence[str] = (),
    *,
    profiles: Mapping[str, Any] | None = None,
    kept: Mapping[str, str] | None = None,
    host: str = HOST,
) -> Iterator[PreviewSite]:
    """Yield the preview of an ``auth`` section.

    Args:
        auth: The section, as for AWS.
        folder: Where the hub keeps its state.
        people: As after ``--as``.
        profiles: Content of ``profiles.yaml``.
        kept: What was made up for the preview before this one.
        host: Where people open the hub.
    """
    access = {} if auth["type"] == "dummy" else DOMAIN
    made = deployment(profiles, auth=dict(auth), access=access)
    known = people_of(made, parse_people(people))
    with stand_in() as provider:
        login = for_preview(
            made,
            jupyterhub_values(made, INPUTS),
            provider_url=provider.url,
            hub_url=f"http://{host}",
            people=known,
            kept=kept,
            environ={},
        )
        if login.registration:
            provider.register(login.registration)
        # One for the process: the first hub's is kept.
        key = {"JUPYTERHUB_CRYPT_KEY": os.environ["JUPYTERHUB_CRYPT_KEY"]}
        with patch.dict(os.environ, login.environment | key):
            config = configuration(login.values)
            with serving(config, folder) as hub:
                yield PreviewSite(hub, login, known, provider.url, host)
