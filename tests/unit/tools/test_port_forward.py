"""A port is led to a Service until the user has had enough, whatever breaks in between."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import ClusterError, PreflightError
from jupyterhub_eks.tools.port_forward import (
    Forward,
    forwarded,
    free_port,
    keep_forwarding,
    require_free,
)

if TYPE_CHECKING:
    from pathlib import Path

READY = "echo 'Forwarding from 127.0.0.1:8080 -> 8000'"
LOST = "echo 'error: lost connection to pod' >&2; exit 1"


def _forward(folder: Path, script: str) -> Forward:
    program = folder / "kubectl"
    program.write_text(f'#!/bin/sh\necho "$@" >> {folder}/calls\n{script}\n')
    program.chmod(0o755)
    return Forward(
        kubectl=program,
        access=("--context", "kind"),
        namespace="jupyterhub",
        service="proxy-public",
        service_port="http",
        port=8080,
        environ=dict(os.environ),
    )


class EnoughError(Exception):
    """Stands for Ctrl-C."""


def test_kubectl_is_asked_for_the_service_on_loopback(tmp_path: Path) -> None:
    """Nobody else in the network gets at the hub through this machine."""
    with pytest.raises(ClusterError):
        keep_forwarding(_forward(tmp_path, LOST), on_ready=lambda: None, on_lost=lambda _: None)

    assert (tmp_path / "calls").read_text().split() == [
        *("--context", "kind", "--namespace", "jupyterhub"),
        *("port-forward", "--address", "127.0.0.1", "service/proxy-public", "8080:http"),
    ]


def test_a_connection_that_never_was_is_an_error_with_kubectls_words(tmp_path: Path) -> None:
    """A hub that is not there is not waited for in silence."""
    with pytest.raises(ClusterError, match="jupyterhub/proxy-public") as failed:
        keep_forwarding(_forward(tmp_path, LOST), on_ready=lambda: None, on_lost=lambda _: None)

    assert failed.value.cause == "lost connection to pod"


def test_a_connection_that_breaks_is_made_again(tmp_path: Path) -> None:
    """A hub that restarts is reached again, and the browser is opened once."""
    told: list[str] = []

    def pause(_: float) -> None:
        if told.count("lost connection to pod") == 3:
            raise EnoughError

    with pytest.raises(EnoughError):
        keep_forwarding(
            _forward(tmp_path, f"{READY}; {LOST}"),
            on_ready=lambda: told.append("ready"),
            on_lost=told.append,
            pause=pause,
        )

    assert told == ["ready", *["lost connection to pod"] * 3]


def test_kubectl_does_not_outlive_the_command(tmp_path: Path) -> None:
    """Ctrl-C leaves no process behind."""

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep_forwarding(
            _forward(tmp_path, f"echo $$ > {tmp_path}/pid; {READY}; exec sleep 60"),
            on_ready=stop,
            on_lost=lambda _: None,
        )

    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_port_in_use_is_named_before_anything_is_started() -> None:
    """The remedy is another port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PreflightError, match=str(port)) as failed:
            require_free(port)

    assert "--port" in failed.value.hint
    require_free(port)


def test_a_port_leads_there_as_long_as_a_block_lasts(tmp_path: Path) -> None:
    """Kubectl is there while the hub is asked something, and gone then."""
    script = f"echo $$ > {tmp_path}/pid; {READY}; exec sleep 60"
    with forwarded(_forward(tmp_path, script)):
        process = int((tmp_path / "pid").read_text())
        os.kill(process, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_a_block_is_not_begun_without_the_connection(tmp_path: Path) -> None:
    """What kubectl says is the cause."""
    with pytest.raises(ClusterError) as failed, forwarded(_forward(tmp_path, LOST)):
        raise AssertionError
    assert failed.value.cause == "lost connection to pod"


def test_a_free_port_is_free() -> None:
    """Something can listen there."""
    require_free(free_port())
