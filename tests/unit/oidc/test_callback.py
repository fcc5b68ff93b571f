"""The page on loopback takes what the provider says, whatever else a browser does."""

from __future__ import annotations

import socket
import threading
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest

from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.oidc.callback import Callback, callback_on

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def port() -> int:
    """Return a port that nobody has."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def page(port: int) -> Iterator[Callback]:
    """Yield the page."""
    with Callback(port) as made:
        yield made


def visit(address: str) -> tuple[int, str]:
    """Return status and text of a page."""
    try:
        with build_opener(ProxyHandler({})).open(address, timeout=10) as found:
            return found.status, found.read().decode()
    except HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def test_parameters_of_the_way_back(page: Callback, port: int) -> None:
    """An icon is asked for, a connection is held open; neither ends nor delays the wait."""
    seen: list[tuple[int, str]] = []

    def browse() -> None:
        seen.append(visit(f"http://localhost:{port}/favicon.ico"))
        seen.append(visit(f"{callback_on(port)}?code=a%26b&state=s"))

    with socket.create_connection(("127.0.0.1", port)):
        browser = threading.Thread(target=browse)
        browser.start()
        assert page.wait(4, "s") == {"code": "a&b", "state": "s"}
        browser.join()
    assert [status for status, _ in seen] == [404, 200]
    assert "terminal" in seen[1][1]


def test_others_do_not_end_the_wait(page: Callback, port: int) -> None:
    """Whoever comes with another state, or none, is told so, and the wait goes on."""
    wrong = ("", "?code=c&state=x", "?error=access_denied&state=x", "?code=c&state=s&state=x")
    seen: list[int] = []

    def browse() -> None:
        seen.extend(visit(callback_on(port) + query)[0] for query in wrong)
        seen.append(visit(f"{callback_on(port)}?error=no&state=s")[0])

    browser = threading.Thread(target=browse)
    browser.start()
    assert page.wait(8, "s") == {"error": "no", "state": "s"}
    browser.join()
    assert seen == [400, 400, 400, 400, 200]


def test_others_are_told_when_nobody_else_comes(page: Callback, port: int) -> None:
    """A provider that refuses and forgets the state is not passed over in silence."""
    address = f"{callback_on(port)}?error=no%1B%5B1A"
    browser = threading.Thread(target=visit, args=(address,))
    browser.start()
    with pytest.raises(PreflightError, match="nobody came back") as caught:
        page.wait(1, "s")
    browser.join()
    assert caught.value.cause == (
        "1 came with another `state` than that of this login, the last of them with `no [1A`"
    )


def test_nobody_comes(page: Callback) -> None:
    """It is said for how long was waited, and what may be the reason."""
    with pytest.raises(PreflightError, match=r"within 0\.1 seconds") as caught:
        page.wait(0.1, "s")
    assert "register the callback" in caught.value.hint


def test_only_this_machine_gets_there(page: Callback, port: int) -> None:
    """The port is open on loopback alone."""
    with socket.socket() as other:
        # Another address of loopback; it would be taken if the page had all of them.
        other.bind(("127.0.0.2", port))
