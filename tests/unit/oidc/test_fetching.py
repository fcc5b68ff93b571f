"""Requests end in time, within their size, and never leave TLS."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
from werkzeug.wrappers import Request, Response

from jupyterhub_eks.oidc.fetching import MOST_BYTES, Answer, UnreachableError, fetch
from tests.support.tls import certificate, listening

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_REDIRECTS = {"/moved": "/json", "/plain": "http://localhost:1/json", "/round": "/round"}


@Request.application
def _app(request: Request) -> Response:
    if request.path in _REDIRECTS:
        return Response("", 302, {"Location": _REDIRECTS[request.path]})
    match request.path:
        case "/json":
            return Response("{}", headers={"Link": '<https://x.org/2>; rel="next"'})
        case "/large":
            return Response(b"x" * (MOST_BYTES + 1))
        case "/drip":
            return Response(_drip())
    return Response("<html>no</html>", 404)


def _drip() -> Iterator[bytes]:
    for _ in range(40):
        yield b"x"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a certificate of localhost."""
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def site(pem: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield the address of a site that is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with listening(_app, pem) as address:
        yield address


def test_answers_come_with_their_status(site: str) -> None:
    """A refusal is an answer, too; a list may go on elsewhere."""
    assert fetch(f"{site}/json").status == 200
    assert fetch(f"{site}/json").next_page == "https://x.org/2"
    assert fetch(f"{site}/none").status == 404
    assert fetch(f"{site}/none").is_html


def test_redirects_within_tls_are_followed(site: str) -> None:
    """As the hub does when it reads the document."""
    assert fetch(f"{site}/moved").url == f"{site}/json"


def test_secrets_follow_no_redirect(site: str) -> None:
    """Neither a form nor a token is sent on."""
    assert fetch(f"{site}/moved", form={"client_secret": "s"}).status == 302
    assert fetch(f"{site}/moved", headers={"Authorization": "Bearer t"}).status == 302


def test_no_redirect_leaves_tls(site: str) -> None:
    """The answer is the redirect itself."""
    assert fetch(f"{site}/plain").status == 302


@pytest.mark.parametrize(
    ("path", "seconds", "said"),
    [
        ("/large", 60, "larger than 1024 KiB"),
        ("/drip", 0.5, "did not answer within 0.5 seconds"),
    ],
)
def test_answers_have_limits(site: str, path: str, seconds: float, said: str) -> None:
    """However slowly they come, and however much there is."""
    with pytest.raises(UnreachableError, match=said):
        fetch(f"{site}{path}", seconds=seconds)


def test_redirects_end(site: str) -> None:
    """A circle is an answer of the last redirect, not a hang."""
    assert fetch(f"{site}/round").status == 302


def test_a_certificate_that_nobody_knows(pem: Path) -> None:
    """It is said that it is the certificate."""
    with (
        listening(_app, pem) as address,
        pytest.raises(UnreachableError, match="certificate is not trusted") as caught,
    ):
        fetch(f"{address}/json")
    assert "SSL_CERT_FILE" in caught.value.hint


def test_a_certificate_of_another_host(site: str) -> None:
    """To trust it would be no remedy, so that none is spoken of."""
    other = site.replace("localhost", "127.1")
    with pytest.raises(UnreachableError, match="certificate is not trusted") as caught:
        fetch(f"{other}/json")
    assert caught.value.hint.startswith("write the host name that the certificate is for")


def test_nobody_listens() -> None:
    """The host is named."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(UnreachableError, match=r"127\.0\.0\.1 refuses the connection"):
            fetch(f"http://127.0.0.1:{taken.getsockname()[1]}/")


def test_other_kinds_of_addresses_are_refused(tmp_path: Path) -> None:
    """No file of this machine is read because a document says so."""
    with pytest.raises(UnreachableError, match="no web address"):
        fetch(tmp_path.as_uri())


DEEP = 200_000


@pytest.mark.parametrize("body", [b"[" * DEEP, b'{"a":' * DEEP, b"\xff", b""])
def test_what_is_no_json_is_none(body: bytes) -> None:
    """Also where it is nested deeper than anybody can read."""
    assert Answer(status=200, body=body, url="https://x.org/").json() is None


def test_a_header_that_comes_drop_by_drop() -> None:
    """One limit holds for all of an exchange, not for each drop."""
    with socket.create_server(("127.0.0.1", 0)) as there:

        def drip() -> None:
            browser, _ = there.accept()
            with browser, contextlib.suppress(OSError):
                for _ in range(100):
                    browser.sendall(b"H")
                    time.sleep(0.05)

        threading.Thread(target=drip, daemon=True).start()
        began = time.monotonic()
        with pytest.raises(UnreachableError, match=r"within 0\.5 seconds"):
            fetch(f"http://127.0.0.1:{there.getsockname()[1]}/", seconds=0.5)
    assert time.monotonic() - began < 2
