"""A real JupyterHub in this process, with the configuration of a deployment and no cluster.

Database, users, scopes and the way a start takes are its own. In place of a pod there is one
small server that answers for all; no proxy runs.
"""

from __future__ import annotations

import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from jupyterhub import orm, roles
from jupyterhub.app import JupyterHub
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.proxy import Proxy
from kubespawner import KubeSpawner
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from tests.support.running_hub import Handler as Returning

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from traitlets.config import Config


class NoProxy(Proxy):  # type: ignore[misc]
    """Routes that nobody takes."""

    async def add_route(self, *_: Any) -> None:
        """Add none."""

    async def delete_route(self, *_: Any) -> None:
        """Delete none."""

    async def get_all_routes(self) -> dict[str, Any]:
        """Have none."""
        return {}


class _Answers(RequestHandler):
    """Whatever a notebook server is asked."""

    def get(self) -> None:
        """Answer."""
        self.write("{}")


class _Connection:
    """What a handler asks of the connection of its request."""

    class context:  # noqa: N801 - Tornado's name
        """Where the request comes from."""

        remote_ip = "127.0.0.1"
        protocol = "http"

    def set_close_callback(self, _: Any) -> None:
        """Never close."""


def elsewhere(kind: type[Any], port: int) -> type[Any]:
    """Return a spawner of the hub whose servers are not in a cluster."""

    class Elsewhere(kind):  # type: ignore[misc]
        running = False

        def __init__(self, *args: Any, **given: Any) -> None:
            with patch("kubernetes_asyncio.config.load_incluster_config"):
                super().__init__(*args, _mock=True, **given)

        async def start(self) -> str:
            await self.load_user_options()
            self.running = True
            return f"http://127.0.0.1:{port}"

        async def poll(self) -> int | None:
            return None if self.running else 0

        async def stop(self, *, now: bool = False) -> None:  # noqa: ARG002 - as the hub calls it
            self.running = False

    return Elsewhere


class WholeHub:
    """The hub.

    Attributes:
        app: JupyterHub itself.
    """

    def __init__(self, app: JupyterHub) -> None:
        self.app = app

    @property
    def failures(self) -> int:
        """How many starts in a row have failed; the hub ends itself at some number."""
        count: int = self.app.tornado_application.settings.get("failure_count", 0)
        return count

    async def start(self, user: str, options: Mapping[str, Any] | None = None) -> None:
        """Start the server of a user, as a press of the button does; ``None``: without a choice.

        Raises:
            HTTPError: It was refused.
        """
        await self._handler().spawn_single_user(self.user(user), options=options)

    async def log_in(self, name: str = "", password: str = "", provider: Any = None) -> Any:
        """Log somebody in, with a password or as a provider says; None if they are refused.

        Raises:
            HTTPError: They were refused with words of their own.
        """
        login = self.app.authenticator
        if provider is not None:
            login.http_client = provider
            provider.issuer = next(iter(getattr(login, "issuers", ())), "")
        data = {"username": name, "password": password}
        found = await login.get_authenticated_user(Returning(), data)
        return await self._handler().auth_to_user(found) if found else None

    async def come_back(self, name: str) -> Any:
        """Do what the hub does from time to time for who is logged in; None: log in again."""
        return await self._handler().refresh_auth(self.user(name), force=True)

    def join(self, group: str, *names: str) -> None:
        """Put users into a group, as the hub's API does; without names the group is emptied."""
        found = orm.Group.find(self.app.db, group)
        found.users = [self.user(name).orm_user for name in names]
        self.app.db.commit()

    def groups_of(self, name: str) -> set[str]:
        """Return the groups of a user."""
        return {group.name for group in self.user(name).groups}

    def _handler(self) -> BaseHandler:
        return BaseHandler(self.app.tornado_application, request())

    async def stop(self, user: str) -> None:
        """Stop the server of a user."""
        await self.user(user).stop()

    def forget(self) -> None:
        """Lose all that is not in the database, as a restart does."""
        self.app.users.clear()

    def user(self, name: str) -> Any:
        """Return a user, who is made if there is none."""
        found = orm.User.find(self.app.db, name)
        if found is None:
            found = orm.User(name=name)
            self.app.db.add(found)
            self.app.db.commit()
            roles.assign_default_roles(self.app.db, found)
        return self.app.users[found]


def request() -> HTTPServerRequest:
    """Return a request that nobody sent."""
    return HTTPServerRequest(
        headers=HTTPHeaders({"Host": "hub"}),
        connection=_Connection(),
        start_line=RequestStartLine("POST", "/hub/spawn", "HTTP/1.1"),
    )


@asynccontextmanager
async def whole_hub(
    config: Config, folder: Path, *, own_login: bool = False
) -> AsyncIterator[WholeHub]:
    """Yield a hub; call it within an event loop.

    Args:
        config: The hub's configuration.
        folder: Where it may write.
        own_login: Keep the login of the configuration; else anybody can log in.
    """
    (listening,) = bind_sockets(0, "127.0.0.1", family=socket.AF_INET)
    server = HTTPServer(Application([(".*", _Answers)]))
    server.add_sockets([listening])
    config.JupyterHub.update(
        {
            "db_url": "sqlite:///:memory:",
            "cookie_secret_file": str(folder / "cookie"),
            "proxy_class": NoProxy,
            **({} if own_login else {"authenticator_class": "dummy"}),
            "spawner_class": elsewhere(
                config.JupyterHub.get("spawner_class", KubeSpawner), listening.getsockname()[1]
            ),
        }
    )
    # Else it would read one that lies in the folder of the tests.
    (folder / "empty.py").touch()
    app = JupyterHub(config=config, config_file=str(folder / "empty.py"))
    await app.initialize([])
    try:
        yield WholeHub(app)
    finally:
        app.db.close()
        server.stop()
