"""A client of the hub's REST API, with the token of its service `jhub`."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

import httpx2

from jupyterhub_eks.errors import ClusterError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ATTEMPTS: Final = 6
_PAUSE_SECONDS: Final = 2.0
# A server that is stopped is waited for by the hub.
_ANSWER_SECONDS: Final = 60.0
_PAGE: Final = "application/jupyterhub-pagination+json"
_BUSY: Final = frozenset({429, 502, 503, 504})
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


class HubRefusalError(RefusedError):
    """The hub answers, and does not do it.

    Attributes:
        status: HTTP status.
    """

    def __init__(self, status: int, message: str, *, cause: str, hint: str) -> None:
        super().__init__(message, cause=cause, hint=hint)
        self.status = status


class HubApi:
    """The API of one hub; asked again while it is away for a moment.

    Args:
        url: Of the hub, as a browser knows it.
        token: Of the service.
        sleep: Waits for some seconds.
    """

    def __init__(
        self, url: str, token: str, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.url = url.rstrip("/")
        self._sleep = sleep
        self._client = httpx2.Client(
            base_url=f"{self.url}/hub/api/",
            headers={"Authorization": f"token {token}"},
            timeout=_ANSWER_SECONDS,
            # A proxy of the user's never leads to this machine itself.
            trust_env=urlsplit(url).hostname not in _LOOPBACK,
        )

    def close(self) -> None:
        """End the connection."""
        self._client.close()

    def get(self, path: str) -> Any:
        """Return what an address holds."""
        return self.call("GET", path)

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield all entries of a list, page by page."""
        offset: int | None = 0
        while offset is not None:
            answer = self.call("GET", f"{path}?offset={offset}&limit=200", accept=_PAGE)
            yield from answer["items"]
            following = answer["_pagination"].get("next")
            offset = following["offset"] if following else None

    def call(self, method: str, path: str, body: Any = None, *, accept: str = "") -> Any:
        """Return the answer; None where it is empty.

        Raises:
            HubRefusalError: The hub does not do it.
            ClusterError: It does not answer.
        """
        headers = {"Accept": accept} if accept else {}
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                answer = self._client.request(method, path, json=body, headers=headers)
            except httpx2.TransportError as error:
                if attempt == _ATTEMPTS:
                    raise _away(self.url, str(error) or type(error).__name__) from error
            else:
                if answer.status_code not in _BUSY:
                    return self._read(method, path, answer)
                if attempt == _ATTEMPTS:
                    raise _away(self.url, f"it answers with {answer.status_code}")
            self._sleep(_PAUSE_SECONDS)
        raise AssertionError

    def _read(self, method: str, path: str, answer: httpx2.Response) -> Any:
        if answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
            return answer.json() if answer.content else None
        hints = {
            HTTPStatus.FORBIDDEN: "the token of the service `jhub` is not the hub's, or has other "
            "scopes: deploy again",
            HTTPStatus.NOT_FOUND: "a hub that was deployed by an earlier version knows it after "
            "another deploy",
        }
        status = answer.status_code
        raise HubRefusalError(
            status,
            f"the hub refuses to {method} {path.partition('?')[0]}",
            cause=_said(answer),
            hint=hints.get(HTTPStatus(status), "correct what it says, and run the command again"),
        )


def segment(name: str) -> str:
    """Return a name as a part of an address."""
    return quote(name, safe="")


def _said(answer: httpx2.Response) -> str:
    try:
        said = answer.json().get("message")
    except (ValueError, AttributeError):
        said = ""
    return f"{answer.status_code}: {said or answer.reason_phrase}"


def _away(url: str, cause: str) -> ClusterError:
    return ClusterError(
        f"the hub does not answer at {url}",
        cause=cause,
        hint="`jhub status` shows whether it is deployed; `jhub open` leads there by a browser; "
        "then run the same command again, which goes on from here",
    )
