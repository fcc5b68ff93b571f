"""A real JupyterHub that answers HTTP on loopback, and a browser to log in to it.

The hub has the configuration of a deployment, its own login included; no proxy and no
server of a user runs. The browser knows the hub by the host name of the deployment, as
behind a load balancer that ends TLS, so that callbacks are the registered ones.
"""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import urlencode, urljoin, urlsplit

from jupyterhub import orm
from jupyterhub.app import JupyterHub
from jupyterhub.crypto import CryptKeeper
from jupyterhub.proxy import Proxy
from tornado.httpclient import HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.simple_httpclient import SimpleAsyncHTTPClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from traitlets.config import Config

_LONGEST_WAY = 12


class _NoProxy(Proxy):  # type: ignore[misc]
    """Routes that nobody takes."""

    async def add_route(self, *_: Any) -> None:
        """Add none."""

    async def delete_route(self, *_: Any) -> None:
        """Delete none."""

    async def get_all_routes(self) -> dict[str, Any]:
        """Have none."""
        return {}


class _Form(HTMLParser):
    """The fields and links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self._href = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, a field or a link."""
        found = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.action = found.get("action", "")
        elif tag == "input" and "name" in found:
            self.fields[found["name"]] = found.get("value", "")
        elif tag == "a":
            self._href = found.get("href", "")

    def handle_data(self, data: str) -> None:
        """Note the text of a link."""
        if self._href:
            self.links[data.strip()] = self._href
            self._href = ""


@dataclass(frozen=True)
class Page:
    """Where the browser has come to.

    Attributes:
        url: Its address.
        status: HTTP status; 0 where it has stopped.
        text: Its source.
        way: Every address on the way, this one last.
    """

    url: str
    status: int
    text: str
    way: tuple[str, ...]

    @property
    def form(self) -> dict[str, str]:
        """Fields of its form, filled in as they come."""
        return _Form(self.text).fields

    @property
    def action(self) -> str:
        """Where its form goes; empty without one."""
        target = _Form(self.text).action
        return urljoin(self.url, target) if target else ""

    @property
    def links(self) -> dict[str, str]:
        """Addresses of its links by their text."""
        return {text: urljoin(self.url, href) for text, href in _Form(self.text).links.items()}


@dataclass
class Browser:
    """Follows redirects, keeps cookies, and fills in forms.

    Attributes:
        hosts: Ports of loopback by host name, for hosts that are not resolved.
        beyond: Hosts at which it stops, without asking them anything.
    """

    hosts: Mapping[str, int]
    beyond: frozenset[str] = frozenset()
    _cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    async def open(self, url: str, form: Mapping[str, str] | None = None) -> Page:
        """Go to an address, or send a form there, and follow redirects to the end."""
        way: list[str] = []
        client = SimpleAsyncHTTPClient(force_instance=True)
        try:
            while True:
                way.append(url)
                assert len(way) < _LONGEST_WAY, way
                if urlsplit(url).hostname in self.beyond:
                    return Page(url, 0, "", tuple(way))
                response = await client.fetch(self._request(url, form), raise_error=False)
                self._keep(url, response.headers.get_list("Set-Cookie"))
                if response.code not in {301, 302, 303, 307}:
                    text = response.body.decode()
                    return Page(url, response.code, text, tuple(way))
                url, form = urljoin(url, response.headers["Location"]), None
        finally:
            client.close()

    async def submit(self, page: Page, **filled: str) -> Page:
        """Send the form of a page."""
        return await self.open(page.action, {**page.form, **filled})

    def _request(self, url: str, form: Mapping[str, str] | None) -> HTTPRequest:
        parts = urlsplit(url)
        headers = {"Host": parts.netloc}
        cookies = self._cookies.get(parts.netloc, {})
        if cookies:
            headers["Cookie"] = "; ".join(f"{key}={value}" for key, value in cookies.items())
        if parts.hostname in self.hosts:
            headers["X-Forwarded-Proto"] = parts.scheme
            parts = parts._replace(scheme="http", netloc=f"127.0.0.1:{self.hosts[parts.hostname]}")
        return HTTPRequest(
            parts.geturl(),
            method="GET" if form is None else "POST",
            body=None if form is None else urlencode(form),
            headers=headers,
            follow_redirects=False,
        )

    def _keep(self, url: str, set_cookies: list[str]) -> None:
        kept = self._cookies.setdefault(urlsplit(url).netloc, {})
        for line in set_cookies:
            for name, morsel in SimpleCookie(line).items():
                kept[name] = morsel.value
                if not morsel.value:
                    del kept[name]


@dataclass(frozen=True)
class LoginHub:
    """The hub.

    Attributes:
        app: JupyterHub itself.
        port: Where it answers.
        first: Users that it has from the start: administrators by name.
    """

    app: JupyterHub
    port: int
    first: frozenset[str]

    def user(self, name: str) -> orm.User | None:
        """Return what the hub knows of a user; None if it does not know them."""
        self.app.db.expire_all()
        return orm.User.find(self.app.db, name)

    @property
    def newcomers(self) -> list[str]:
        """Names of the users who have come since the start."""
        self.app.db.expire_all()
        return sorted({user.name for user in self.app.db.query(orm.User)} - self.first)

    def groups(self, name: str) -> list[str]:
        """Return the names of a user's groups."""
        found = self.user(name)
        return sorted(group.name for group in found.groups) if found else []


@asynccontextmanager
async def login_hub(
    config: Config, folder: Path, environment: Mapping[str, str]
) -> AsyncIterator[LoginHub]:
    """Yield a hub; call it within an event loop.

    Args:
        config: The hub's configuration.
        folder: Where it may write.
        environment: Variables that the hub has in the cluster.
    """
    given = {"JUPYTERHUB_CRYPT_KEY": secrets.token_hex(32), **environment}
    with patch.dict(os.environ, given):
        # One for the process: it would keep the key of a hub before this one.
        CryptKeeper.clear_instance()
        async with _serving(config, folder) as hub:
            yield hub


@asynccontextmanager
async def _serving(config: Config, folder: Path) -> AsyncIterator[LoginHub]:
    config.JupyterHub.update(
        {
            "db_url": "sqlite:///:memory:",
            "cookie_secret_file": str(folder / "cookie"),
            "proxy_class": _NoProxy,
            "spawner_class": "simple",
        }
    )
    # Else it would read one that lies in the folder of the tests.
    (folder / "empty.py").touch()
    app = JupyterHub(config=config, config_file=str(folder / "empty.py"))
    await app.initialize([])
    (listening,) = bind_sockets(0, "127.0.0.1", family=socket.AF_INET)
    # As behind the load balancer and the proxy, whose headers the hub believes.
    server = HTTPServer(app.tornado_application, xheaders=True)
    server.add_sockets([listening])
    try:
        first = frozenset(user.name for user in app.db.query(orm.User))
        yield LoginHub(app, listening.getsockname()[1], first)
    finally:
        server.stop()
        app.db.close()
