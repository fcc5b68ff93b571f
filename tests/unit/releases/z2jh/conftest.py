"""What the hub finds around it: its variables, and a provider on loopback."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.hub import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

ISSUER = "https://login.example.org"


class Discovery(HTTPServer):
    """Answers every request with the addresses of a provider, and remembers what was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.paths: list[str] = []


class _Answer(BaseHTTPRequestHandler):
    server: Discovery

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        body = json.dumps(
            {
                "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token",
                "userinfo_endpoint": f"{ISSUER}/me",
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the hub the variables that come from its Secret."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def httpd() -> Iterator[Discovery]:
    """Serve a discovery document while a test runs."""
    server = Discovery()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
