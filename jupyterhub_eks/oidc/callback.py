"""The end of a login on this machine: a page on loopback that the provider leads back to."""

from __future__ import annotations

import html
import time
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.oidc.plain import plain

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

PATH: Final = "/hub/oauth_callback"
_LOOK_SECONDS: Final = 0.2
_REQUEST_SECONDS: Final = 5.0
_PAGE: Final = (
    "<!doctype html><meta charset=utf-8><title>jhub</title>"
    "<body style='font-family:sans-serif;margin:3em'><p>{text}</p>"
)


def callback_on(port: int) -> str:
    """Return the callback that has to be registered at the provider."""
    return f"http://localhost:{port}{PATH}"


class Callback:
    """Listens on loopback while it is entered.

    Args:
        port: Port of this machine.

    Raises:
        PreflightError: The port cannot be used.
    """

    def __init__(self, port: int) -> None:
        try:
            self._server = _Server(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise PreflightError(
                f"port {port} of this machine cannot be used",
                cause=error.strerror or str(error),
                hint="choose another one with --port, and register its callback, too",
            ) from error

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Listen no longer."""
        self._server.server_close()

    def wait(self, seconds: float, state: str) -> dict[str, str]:
        """Return the parameters with which the browser comes back.

        Args:
            seconds: Patience.
            state: That of the login; whoever comes with another one is sent away.

        Raises:
            PreflightError: It does not come in time.
        """
        ends = time.monotonic() + seconds
        self._server.state = state
        while self._server.came is None:
            if time.monotonic() > ends:
                raise PreflightError(
                    f"nobody came back from the provider within {seconds:g} seconds",
                    cause=_cause(self._server.sent_away),
                    hint="run the command again and log in there; where the provider shows a fault "
                    "of the redirect, register the callback that is named above",
                )
            self._server.handle_request()
        return self._server.came


def _cause(sent_away: list[str]) -> str:
    if not sent_away:
        return ""
    said = f", the last of them with `{plain(sent_away[-1])}`" if sent_away[-1] else ""
    return f"{len(sent_away)} came with another `state` than that of this login{said}"


class _Server(ThreadingTCPServer):
    # On Linux it lets a port be taken again right after a run, not shared.
    allow_reuse_address = True
    # A browser opens connections before it needs them, and holds them.
    daemon_threads = True
    timeout = _LOOK_SECONDS
    came: dict[str, str] | None = None
    state = ""

    def __init__(self, *arguments: Any) -> None:
        # What each said who did not come from this login.
        self.sent_away: list[str] = []
        super().__init__(*arguments)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of connections that browsers open and leave."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    # A connection that says nothing holds nobody up.
    timeout = _REQUEST_SECONDS

    def do_GET(self) -> None:
        """Take what the provider says; other pages, such as an icon, are not here."""
        asked = urlsplit(self.path)
        if asked.path != PATH:
            self._show(404, "There is nothing here.")
            return
        came = dict(parse_qsl(asked.query))
        if not compare_digest(came.get("state", "").encode(), self.server.state.encode()):
            self._show(400, "This is not the end of the login that jhub waits for.")
            self.server.sent_away.append(came.get("error", ""))
            return
        try:
            self._show(200, "You may close this page; the result stands in the terminal.")
        finally:
            self.server.came = came

    def _show(self, status: int, text: str) -> None:
        body = _PAGE.format(text=html.escape(text)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called
        """Write no log: the code stands in the address."""
