"""A port that is in use says by whom, and which one is free."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.preview.ports import listener, next_free, require_free

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def listening() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_free_port_is_taken() -> None:
    """Nothing is said of it."""
    with listening() as port:
        pass

    require_free(port)
    assert listener(port) == ""


def test_a_port_in_use_is_refused() -> None:
    """With one that is free."""
    with listening() as port:
        free = next_free(port)
        with pytest.raises(PreflightError, match=f"port {port}") as raised:
            require_free(port)

    assert f"--port {free}" in raised.value.hint


def test_another_port_is_one_that_everybody_may_use() -> None:
    """Whoever wished port 80 without being root is not left without one."""
    found = next_free(80)

    assert found is not None
    assert found >= 8000


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows who listens")
def test_the_one_who_listens_is_named() -> None:
    """By number and program."""
    with listening() as port:
        assert listener(port).startswith(f"process {os.getpid()} (")
