"""The stand-in, listening on loopback in a thread of its own."""

from __future__ import annotations

import socketserver
import sys
import threading
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.preview.provider import pages
from jupyterhub_eks.preview.provider.desk import Desk
from jupyterhub_eks.preview.provider.exchange import Answer, Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.preview.provider.registration import Registration

LOOPBACK: Final = "127.0.0.1"
_MOST_BYTES: Final = 64 * 1024
_PATIENCE_SECONDS: Final = 15
# What a browser says of a form that a page of another site sends.
_ELSEWHERE: Final = "cross-site"


class StandIn:
    """What stands in for an identity provider.

    Attributes:
        url: Where it listens, without trailing slash.
    """

    def __init__(self, port: int) -> None:
        self._desk: Desk | None = None
        self._server = _Server((LOOPBACK, port), self)
        self.url = f"http://{LOOPBACK}:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="stand-in", daemon=True
        )
        self._thread.start()

    def register(self, known: Registration) -> None:
        """Become the provider that a client is registered with; until then it has nothing."""
        self._desk = Desk(url=self.url, known=known)

    def answer(self, request: Request, host: str) -> Answer:
        """Return the answer to a request.

        Args:
            request: What is asked.
            host: Whom it is meant for; a page elsewhere may lead a name of its own here.
        """
        if host != urlsplit(self.url).netloc:
            why = "It is reached by another address."
            return pages.refusal_page(None, why, HTTPStatus.MISDIRECTED_REQUEST)
        if self._desk is None:
            why = "It is not ready yet."
            return pages.refusal_page(None, why, HTTPStatus.SERVICE_UNAVAILABLE)
        return self._desk.answer(request)

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def stand_in(port: int = 0) -> Iterator[StandIn]:
    """Yield what stands in for a provider, which listens already.

    Args:
        port: Where; 0: any that is free.

    Raises:
        PreflightError: It cannot listen there.
    """
    try:
        made = StandIn(port)
    except OSError as error:
        raise PreflightError(
            f"what stands in for the identity provider cannot listen at {LOOPBACK}:{port}",
            cause=error.strerror or str(error),
            hint="end what listens there, or run the command again",
        ) from error
    try:
        yield made
    finally:
        made.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], provider: StandIn) -> None:
        self.provider = provider
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without asking for the name of the machine, which may take long."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Leave a browser alone that has gone."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _PATIENCE_SECONDS
    server_version, sys_version = "jhub", ""

    def do_GET(self) -> None:
        """Answer what is asked."""
        self._answer({})

    def do_POST(self) -> None:
        """Answer what is sent."""
        told = self.headers.get("Content-Length", "0")
        length = int(told) if told.isdecimal() else _MOST_BYTES + 1
        if length > _MOST_BYTES:
            self._send(Answer(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
            return
        body = self.rfile.read(length).decode("utf-8", "replace")
        if self.headers.get("Sec-Fetch-Site", "") == _ELSEWHERE:
            # It would log somebody in who has not asked for it.
            why = "It was sent by a page of another site."
            self._send(pages.refusal_page(None, why, HTTPStatus.FORBIDDEN))
            return
        self._answer(_first(body))

    def _answer(self, form: dict[str, str]) -> None:
        try:
            asked = urlsplit(self.path)
        except ValueError:
            self._send(Answer(status=HTTPStatus.BAD_REQUEST))
            return
        request = Request(
            method=self.command,
            path=asked.path,
            query=_first(asked.query),
            form=form,
            authorization=self.headers.get("Authorization", ""),
        )
        self._send(self.server.provider.answer(request, self.headers.get("Host", "")))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, *_: Any) -> None:
        """Say nothing: addresses hold codes."""


def _first(text: str) -> dict[str, str]:
    """Return parameters, the first of each name."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found.setdefault(name, value)
    return found
