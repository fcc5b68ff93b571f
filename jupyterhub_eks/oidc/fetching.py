"""Requests to a provider, with limits: a provider may be slow, large, or somebody else."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from http.client import HTTPMessage
    from typing import IO

SECONDS: Final = 10.0
"""Patience for one answer, from its request to its last byte."""
MOST_BYTES: Final = 1024 * 1024
_MOST_REDIRECTS: Final = 5
_PIECE_BYTES: Final = 64 * 1024
_LOOK_AT_THE_WAY: Final = "check the address, and that this machine may reach it (proxy, VPN)"
_TRUST_IT: Final = (
    "if a private authority issued it, name the PEM file of that authority in the environment: "
    "SSL_CERT_FILE=FILE jhub …; the hub needs it, too (docs/logins/oidc.md); else let the "
    "provider send the whole chain"
)
# Of OpenSSL, by its codes for what a certificate lacks.
_CERTIFICATE_HINTS: Final = {
    9: "it is not valid yet; check the clock of this machine, and of the provider",
    10: "it has expired; let the provider renew it",
    62: "write the host name that the certificate is for, or let the provider get one for this",
    64: "write the host name that the certificate is for, in place of the IP address",
}


class UnreachableError(Exception):
    """A provider gave no answer; says why, as the end of a sentence.

    Args:
        why: What it says.
        hint: What to do.
    """

    def __init__(self, why: str, hint: str = _LOOK_AT_THE_WAY) -> None:
        super().__init__(why)
        self.hint = hint


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a provider answered.

    Attributes:
        status: HTTP status.
        body: Its content.
        url: Where it came from, after redirects.
        next_page: Address of the next part of a list; empty: this is the last one.
    """

    status: int
    body: bytes
    url: str
    next_page: str = ""

    def json(self) -> Any:
        """Return the content as JSON; None if it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def kind(self) -> str:
        """What it is instead of what was asked for, in words."""
        if self.is_html:
            return f"a web page (status {self.status})"
        return f"status {self.status}"

    @property
    def is_html(self) -> bool:
        """Whether it is a page for people."""
        return self.body.lstrip()[:1] == b"<"


class _Redirects(HTTPRedirectHandler):
    """Follows none of a form, and none that leaves TLS."""

    max_redirections = _MOST_REDIRECTS

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """Return the next request; None: the redirect itself is the answer."""
        leaves_tls = req.type == "https" and urlsplit(newurl).scheme != "https"
        if req.data is not None or leaves_tls or req.has_header("Authorization"):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
) -> Answer:
    """Return the answer at an address, whatever its status.

    Args:
        url: Address, https or http.
        form: What is posted; None: nothing is.
        headers: Headers besides the usual ones.
        seconds: Patience for the whole answer.

    Raises:
        UnreachableError: There is none in time, it is too large, or TLS fails.
    """
    if urlsplit(url).scheme not in {"https", "http"}:
        raise UnreachableError(f"{url} is no web address")
    body = None if form is None else urlencode(form).encode()
    usual = {"Accept": "application/json", "User-Agent": "jhub"}
    request = Request(url, data=body, headers={**usual, **(headers or {})})  # noqa: S310 - as above
    return _in_time(lambda: _exchange(request, seconds), seconds)


def _in_time(ask: Callable[[], Answer], seconds: float) -> Answer:
    """Return an answer, or leave it behind: name, connection, TLS and header have no one limit.

    Raises:
        UnreachableError: There is none in time, or no good one.
    """
    answers: SimpleQueue[Answer | BaseException] = SimpleQueue()

    def run() -> None:
        try:
            answers.put(ask())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            answers.put(error)

    Thread(target=run, daemon=True).start()
    try:
        found = answers.get(timeout=seconds)
    except Empty:
        raise UnreachableError(_late(seconds)) from None
    if isinstance(found, BaseException):
        raise found
    return found


def _exchange(request: Request, seconds: float) -> Answer:
    ends = time.monotonic() + seconds
    try:
        with build_opener(_Redirects).open(request, timeout=seconds) as found:
            return _read(found, ends)
    except HTTPError as error:
        with error:
            return _read(error, ends)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UnreachableError(_why(error, request.full_url, seconds), _hint(error)) from error


def _read(found: Any, ends: float) -> Answer:
    pieces, size = [], 0
    while piece := found.read1(_PIECE_BYTES):
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise UnreachableError(f"its answer is larger than {MOST_BYTES // 1024} KiB")
        if time.monotonic() > ends:
            raise TimeoutError
    body = b"".join(pieces)
    return Answer(
        status=found.status, body=body, url=found.url, next_page=_next(found.headers.get("Link"))
    )


def _next(links: str | None) -> str:
    for link in (links or "").split(","):
        address, _, about = link.partition(";")
        if 'rel="next"' in about:
            return address.strip().removeprefix("<").removesuffix(">")
    return ""


def _hint(error: Exception) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return _CERTIFICATE_HINTS.get(reason.verify_code, _TRUST_IT)
    return _LOOK_AT_THE_WAY


def _late(seconds: float) -> str:
    return f"it did not answer within {seconds:g} seconds"


def _why(error: Exception, url: str, seconds: float) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    host = urlsplit(url).hostname
    if isinstance(reason, TimeoutError):
        return _late(seconds)
    if isinstance(reason, socket.gaierror):
        return f"there is no host of the name {host}"
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted here: {reason.verify_message}"
    if isinstance(reason, ssl.SSLError):
        return f"it does not speak TLS as is needed: {reason.reason or reason}"
    if isinstance(reason, ConnectionRefusedError):
        return f"{host} refuses the connection"
    said = getattr(reason, "strerror", "") or str(reason) or type(error).__name__
    return f"the connection fails: {said}"
