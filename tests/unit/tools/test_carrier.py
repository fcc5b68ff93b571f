"""What the carrier makes of its environment, and of a Helm that outlives it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.local.processes import started_at
from jupyterhub_eks.tools.carrier import MOVED, Release

if TYPE_CHECKING:
    from pathlib import Path

GIVEN = {
    "NAME": "hub",
    "NAMESPACE": "n",
    "TIMEOUT": "60",
    "HOST": "https://127.0.0.1:1",
    "CA": "old",
    "TOKEN_COMMAND": "jhub",
    "TOKEN_ARGUMENTS": "token",
}


def environment(**more: str) -> dict[str, str]:
    """Return what Terraform hands over."""
    return {f"JHUB_RELEASE_{name}": text for name, text in GIVEN.items()} | more


def test_the_cluster_is_the_one_in_the_state() -> None:
    """As long as nobody says otherwise."""
    assert Release.from_environment(environment()).connection["host"] == "https://127.0.0.1:1"


def test_a_cluster_that_has_moved_is_found() -> None:
    """A control plane that was emptied listens elsewhere, with another authority."""
    moved = {"host": "https://127.0.0.1:2", "ca": "new"}

    found = Release.from_environment(environment(**{MOVED: json.dumps(moved)})).connection

    assert (found["host"], found["ca"]) == ("https://127.0.0.1:2", "new")
    assert found["token_command"] == "jhub"


def test_a_context_is_the_users_own() -> None:
    """Whatever this machine has besides."""
    moved = environment(CONTEXT="", **{MOVED: "{}"}) | {"JHUB_RELEASE_CONTEXT": "k3d-lab"}

    assert Release.from_environment(moved).connection == {"context": "k3d-lab"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_helm_ends_with_whoever_started_it(tmp_path: Path) -> None:
    """Terraform kills a carrier that does not end; its Helm does not go on unseen."""
    started = tmp_path / "pid"
    helm = tmp_path / "helm"
    version = 'case "$1" in version) echo v4.1.4; exit;; esac'
    tell = f"echo $$ > {started}.new && mv {started}.new {started}"
    helm.write_text(f"#!/bin/sh\n{version}\n{tell} && exec sleep 600\n")
    helm.chmod(0o755)
    carrier = subprocess.Popen(
        [sys.executable, "-m", "jupyterhub_eks.tools.carrier", "uninstall"],
        env={**os.environ, **environment(), "JHUB_HELM": str(helm)},
    )
    deadline = time.monotonic() + 60
    while not started.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    carrier.send_signal(signal.SIGKILL)
    carrier.wait()

    pid = int(started.read_text())
    while started_at(pid) is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
