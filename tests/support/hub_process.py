"""A real JupyterHub that listens on loopback, in a thread of its own, with state on disk.

Login, database, pages and sessions are its own. As in a deployment it sits behind something
that ends TLS. No proxy runs, and user servers are elsewhere (see ``whole_hub``).
"""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyterhub import orm
from jupyterhub.app import JupyterHub
from kubespawner import KubeSpawner
from nativeauthenticator.handlers import LocalBase
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from tests.support.whole_hub import NoProxy, elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from traitlets.config import Config

_START_SECONDS = 60
# Nothing listens there: no server of a user is asked for anything.
_NO_SERVER = 1


@dataclass(frozen=True)
class Account:
    """What the hub's database says about a user."""

    name: str
    admin: bool
    groups: tuple[str, ...]


class ServingHub:
    """The hub.

    Attributes:
        address: Where it listens, as a URL.
        app: JupyterHub itself; to be touched within ``do`` only.
    """

    def __init__(self, config: Config, folder: Path) -> None:
        self.address = ""
        self.app: JupyterHub = None
        self._config, self._folder = config, folder
        self._ready, self._failure = threading.Event(), None
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        """Start it, and wait until it listens.

        Raises:
            BaseException: Whatever made it fail.
        """
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            raise TimeoutError("the hub does not listen")
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Stop it; what is on disk stays."""
        if self._failure is None:
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def do(self, what: Callable[[JupyterHub], Any]) -> Any:
        """Return what a function makes of the hub, which runs where the hub runs."""

        async def call() -> Any:
            return what(self.app)

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(_START_SECONDS)

    def account(self, name: str) -> Account | None:
        """Return what the hub knows about a user; None if it knows nobody of that name."""

        def look(app: JupyterHub) -> Account | None:
            found = orm.User.find(app.db, name)
            if found is None:
                return None
            return Account(name, found.admin, tuple(sorted(group.name for group in found.groups)))

        account: Account | None = self.do(look)
        return account

    def names(self) -> set[str]:
        """Return the names of all users that the hub knows."""
        found: set[str] = self.do(lambda app: {user.name for user in app.db.query(orm.User)})
        return found

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self.app = app = JupyterHub(config=self._config, config_file=str(self._folder / "none.py"))
        await app.initialize([])
        (listening,) = bind_sockets(0, "127.0.0.1", family=socket.AF_INET)
        # As JupyterHub does: the load balancer says how the browser came.
        server = HTTPServer(app.tornado_application, xheaders=True)
        server.add_sockets([listening])
        self.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self._ready.set()
        try:
            await self._over.wait()
        finally:
            server.stop()
            await server.close_all_connections()
            app.db.close()
            app.db.get_bind().dispose()


@contextmanager
def serving(config: Config, folder: Path) -> Iterator[ServingHub]:
    """Yield a hub that listens.

    Args:
        config: The hub's configuration.
        folder: Where it keeps its database and cookies; one that has some is gone on with.
    """
    kind = config.JupyterHub.get("spawner_class", KubeSpawner)
    config.JupyterHub.update(
        {
            "db_url": f"sqlite:///{folder / 'jupyterhub.sqlite'}",
            "cookie_secret_file": str(folder / "cookie"),
            "proxy_class": NoProxy,
            "spawner_class": elsewhere(kind, _NO_SERVER),
        }
    )
    (folder / "none.py").touch()
    # It adds its pages to the first hub of a process, taking it for the only one.
    LocalBase._template_dir_registered = False
    hub = ServingHub(config, folder)
    hub.start()
    try:
        yield hub
    finally:
        hub.stop()
