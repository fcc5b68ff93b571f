"""Visit the hub of a preview as somebody would, over HTTP, and keep what is shown."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Final, NamedTuple, Self
from urllib.parse import urljoin

import httpx2

from jupyterhub_eks.errors import PreviewError
from jupyterhub_eks.preview.recording_pages import Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ANSWER_SECONDS: Final = 60.0
_START_SECONDS: Final = 120.0
_FORM: Final = re.compile(r"<form\b[^>]*\bid=\"spawn_form\"[^>]*\baction=\"([^\"]*)\"", re.DOTALL)
_CHECKED: Final = re.compile(r"<input\b[^>]*\bname=\"profile\"[^>]*>", re.DOTALL)
_VALUE: Final = re.compile(r"\bvalue=\"([^\"]*)\"")
_EVENTS: Final = re.compile(r"new EventSource\(\"([^\"]+)\"\)")
_PASSWORD: Final = re.compile(r"<input\b[^>]*\btype=\"password\"", re.DOTALL)


class Shown(NamedTuple):
    """A page that was shown."""

    address: str
    text: str
    status: int


class Event(NamedTuple):
    """What was told of a start."""

    html: str
    percent: int


class Visit:
    """Somebody who looks at the hub.

    Args:
        url: Of the hub, without trailing slash.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = self._new_client()

    def __enter__(self) -> Self:
        """Return the visit."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close what is open."""
        self._client.close()

    def page(self, path: str) -> Shown:
        """Open a page of the hub.

        Raises:
            PreviewError: The hub does not answer.
        """
        return self._ask("GET", urljoin(self._url, path))

    def part(self, address: str) -> Part:
        """Return what a page loads.

        Raises:
            PreviewError: It is not there.
        """
        try:
            answer = self._client.get(address)
            answer.raise_for_status()
        except httpx2.HTTPError as error:
            raise _no_answer(address, error) from error
        kind = answer.headers.get("Content-Type", "application/octet-stream").partition(";")[0]
        return Part(kind, answer.content)

    def log_in(self, name: str, passwords: Sequence[str]) -> bool:
        """Log in anew as somebody, and return whether the hub lets them in.

        Args:
            name: Of the person.
            passwords: That may be theirs; a stand-in for a provider asks for none.

        Raises:
            PreviewError: The hub does not answer.
        """
        self._client.close()
        self._client = self._new_client()
        shown = self.page("/hub/login")
        if not _PASSWORD.search(shown.text):
            offered = self.page("/hub/oauth_login")
            chosen = self._ask("POST", offered.address, {"person": name})
            return chosen.status == httpx2.codes.OK and chosen.address.startswith(self._url)
        for password in passwords:
            fields = {"username": name, "password": password, "_xsrf": self._token()}
            shown = self._ask("POST", f"{self._url}/hub/login?next=", fields)
            if shown.status == httpx2.codes.OK and not _PASSWORD.search(shown.text):
                return True
        return False

    def start(self, choice: Shown) -> Shown:
        """Press "Start" on the page of server options, and return what is shown then.

        Raises:
            PreviewError: The hub does not answer.
        """
        form = _FORM.search(choice.text)
        if not form:
            return choice
        listed = _CHECKED.findall(choice.text)
        chosen = next((each for each in listed if re.search(r"\bchecked\b", each)), "")
        value = _VALUE.search(chosen)
        fields = {"_xsrf": self._token()} | ({"profile": unescape(value[1])} if value else {})
        return self._ask("POST", urljoin(choice.address, unescape(form[1])), fields)

    def events(self, waiting: Shown) -> Iterator[Event]:
        """Yield what is told of a start until it has ended.

        Raises:
            PreviewError: The hub does not answer.
        """
        found = _EVENTS.search(waiting.text)
        if not found:
            return
        address = urljoin(waiting.address, unescape(found[1]))
        try:
            with self._client.stream("GET", address, timeout=_START_SECONDS) as answer:
                for line in answer.iter_lines():
                    if line.startswith("data:"):
                        told = json.loads(line.removeprefix("data:"))
                        text = told.get("html_message") or _escaped(told.get("message", ""))
                        yield Event(str(text), int(told.get("progress") or 0))
        except httpx2.HTTPError as error:
            raise _no_answer(address, error) from error

    def _ask(self, method: str, address: str, fields: dict[str, str] | None = None) -> Shown:
        try:
            answer = self._client.request(
                method, address, data=fields, headers={"Referer": address}
            )
        except httpx2.HTTPError as error:
            raise _no_answer(address, error) from error
        return Shown(str(answer.url), answer.text, answer.status_code)

    def _token(self) -> str:
        """Return what the hub wants to be told against forgery: the one of the longest path."""
        found = [each for each in self._client.cookies.jar if each.name == "_xsrf"]
        longest = max(found, key=lambda each: len(each.path), default=None)
        return (longest.value or "") if longest else ""

    @staticmethod
    def _new_client() -> httpx2.Client:
        return httpx2.Client(follow_redirects=True, timeout=_ANSWER_SECONDS, trust_env=False)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _no_answer(address: str, error: Exception) -> PreviewError:
    return PreviewError(
        f"the hub did not answer at {address}",
        cause=str(error) or type(error).__name__,
        hint="run the same command again; its log is in the state folder",
    )
