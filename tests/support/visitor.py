"""Somebody who uses a previewed hub: logs in, chooses, starts, runs cells, stops."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from contextlib import suppress
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode, urlsplit

import requests
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_SECONDS = 60
_START_SECONDS = 90.0
_CLOSE_SECONDS = 5.0


class CellError(AssertionError):
    """A cell has raised an exception; its traceback is the text."""


class Visitor:
    """A person with a browser of their own.

    Args:
        url: Of the hub, without trailing slash.
        name: Of the person.
    """

    def __init__(self, url: str, name: str) -> None:
        self.url, self.name = url, name
        self.session = requests.Session()
        self.session.trust_env = False

    def __enter__(self) -> Self:
        """Return the visitor."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close what is open."""
        self.session.close()

    def get(self, path: str) -> requests.Response:
        """Open a page."""
        return self.session.get(self.url + path, timeout=_TIMEOUT_SECONDS)

    def post(self, path: str, fields: Mapping[str, str] | None = None) -> requests.Response:
        """Send a form, with the token against forgery of its site."""
        form = {**(fields or {}), "_xsrf": self._xsrf(path)}
        return self.session.post(
            self.url + path, data=form, headers={"Referer": self.url}, timeout=_TIMEOUT_SECONDS
        )

    def _xsrf(self, path: str) -> str:
        matching = [
            each
            for each in self.session.cookies
            if each.name == "_xsrf" and path.startswith(each.path)
        ]
        found = max(matching, key=lambda each: len(each.path), default=None)
        return (found.value or "") if found else ""

    def log_in(self, password: str) -> requests.Response:
        """Log in with a password."""
        self.get("/hub/login")
        return self.post("/hub/login?next=", {"username": self.name, "password": password})

    def choose(self, profile: str, server: str = "", **options: str) -> requests.Response:
        """Press "Start" on the server page."""
        path = f"/hub/spawn/{self.name}" + (f"/{server}" if server else "")
        self.get(path)
        chosen = {f"profile-option-{profile}--{name}": slug for name, slug in options.items()}
        return self.post(path, {"profile": profile, **chosen})

    def progress(self, server: str = "") -> list[dict[str, Any]]:
        """Return all that is told until a server is ready or has failed."""
        path = f"/hub/api/users/{self.name}/servers/{server}/progress"
        if not server:
            path = f"/hub/api/users/{self.name}/server/progress"
        answer = self.session.get(
            self.url + path,
            headers={"X-XSRFToken": self._xsrf("/hub/"), "Referer": self.url + "/hub/home"},
            timeout=_START_SECONDS,
        )
        assert answer.status_code == 200, answer.text
        lines = answer.text.splitlines()
        return [json.loads(each[5:]) for each in lines if each.startswith("data:")]

    def start(self, profile: str, server: str = "", **options: str) -> list[dict[str, Any]]:
        """Start a server, and return what was told meanwhile."""
        answer = self.choose(profile, server, **options)
        assert answer.status_code == 200, answer.text
        return self.progress(server)

    def stop(self, server: str = "") -> None:
        """Stop a server, and wait until it has."""
        place = f"servers/{server}" if server else "server"
        answer = self.session.delete(
            f"{self.url}/hub/api/users/{self.name}/{place}",
            headers={"X-XSRFToken": self._xsrf("/hub/"), "Referer": self.url + "/hub/home"},
            timeout=_TIMEOUT_SECONDS,
        )
        assert answer.status_code in (202, 204), answer.text
        until = time.monotonic() + _START_SECONDS
        while self.running(server) and time.monotonic() < until:
            time.sleep(0.2)

    def running(self, server: str = "") -> bool:
        """Return whether the hub says that a server runs, starts or stops."""
        answer = self.session.get(
            f"{self.url}/hub/api/users/{self.name}",
            headers={"X-XSRFToken": self._xsrf("/hub/"), "Referer": self.url + "/hub/home"},
            timeout=_TIMEOUT_SECONDS,
        )
        found = answer.json()["servers"].get(server, {})
        return bool(found.get("ready") or found.get("pending"))

    def run(self, code: str, server: str = "") -> str:
        """Return what a cell prints, which a kernel of the server runs.

        Raises:
            CellError: It has raised an exception.
        ConnectionError: The server has gone meanwhile.
        """
        base = f"/user/{self.name}/" + (f"{server}/" if server else "")
        # Through the login of the server itself, as JupyterLab does.
        assert self.get(base + "lab").status_code == 200
        made = self.session.post(
            f"{self.url}{base}api/kernels",
            json={"name": "python3"},
            headers={"X-XSRFToken": self._xsrf(base)},
            timeout=_TIMEOUT_SECONDS,
        )
        assert made.status_code == 201, made.text
        kernel = made.json()["id"]
        try:
            return asyncio.run(self._cell(f"{base}api/kernels/{kernel}/channels", base, code))
        finally:
            self.session.delete(
                f"{self.url}{base}api/kernels/{kernel}",
                headers={"X-XSRFToken": self._xsrf(base)},
                timeout=_TIMEOUT_SECONDS,
            )

    async def _cell(self, path: str, base: str, code: str) -> str:
        cookies = {
            each.name: each.value for each in self.session.cookies if path.startswith(each.path)
        }
        address = f"ws://{urlsplit(self.url).netloc}{path}"
        request = HTTPRequest(
            f"{address}?{urlencode({'_xsrf': self._xsrf(base)})}",
            headers={"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())},
        )
        socket = await websocket_connect(request)
        asked = uuid.uuid4().hex
        message = {
            "header": {
                "msg_id": asked,
                "msg_type": "execute_request",
                "username": self.name,
                "session": uuid.uuid4().hex,
                "version": "5.3",
                "date": "2026-01-01T00:00:00Z",
            },
            "parent_header": {},
            "metadata": {},
            "channel": "shell",
            "content": {
                "code": code,
                "silent": False,
                "store_history": False,
                "user_expressions": {},
                "allow_stdin": False,
                "stop_on_error": True,
            },
        }
        await socket.write_message(json.dumps(message))
        said: list[str] = []
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                while True:
                    heard = await socket.read_message()
                    if heard is None:
                        raise ConnectionError("the server has gone")
                    told = json.loads(heard)
                    if told.get("parent_header", {}).get("msg_id") != asked:
                        continue
                    if told["msg_type"] == "stream":
                        said.append(told["content"]["text"])
                    elif told["msg_type"] == "error":
                        raise CellError("\n".join(told["content"]["traceback"]))
                    elif told["msg_type"] == "status" and (
                        told["content"]["execution_state"] == "idle"
                    ):
                        return "".join(said)
        finally:
            socket.close()
            with suppress(TimeoutError):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    while await socket.read_message() is not None:
                        pass


def text_of(page: str) -> str:
    """Return the text of a page, as it is read."""
    found = _Text()
    found.feed(page)
    return " ".join(" ".join(found.parts).split())


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)
