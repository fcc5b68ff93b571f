"""Whatever moment ``jhub`` is stopped at, the same command again converges."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.local.aws_api import leftovers

if TYPE_CHECKING:
    from tests.support.command import Jhub

NAME = "jupyterhub-on-eks"
# Ten of each are run before a release; two keep the suite within minutes.
STOPS = int(os.environ.get("JHUB_TEST_STOPS", "2"))
LONGEST_SECONDS = 60.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


def _stop_at_random(jhub: Jhub, chance: random.Random, sent: signal.Signals, *command: str) -> None:
    process = jhub.start(*command)
    try:
        process.communicate(timeout=chance.uniform(0.2, LONGEST_SECONDS))
    except subprocess.TimeoutExpired:
        process.send_signal(sent)
        out, err = process.communicate(timeout=300)
        expected = {-sent} if sent is signal.SIGKILL else {130, 0}
        assert process.returncode in expected, out + err


@pytest.mark.parametrize("sent", SIGNALS, ids=[each.name for each in SIGNALS])
@pytest.mark.timeout(3600)
def test_stopped_runs_converge(jhub: Jhub, sent: signal.Signals) -> None:
    """After stops at random moments deploy still completes and destroy still leaves nothing."""
    seed = random.randrange(1_000_000)  # noqa: S311 - moments, not secrets
    print(f"seed {seed}")  # noqa: T201 - shown with a failure, to run the same moments again
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    deploy, destroy = ("deploy", "--local", "--yes"), ("destroy", "--local", "--yes")

    for _ in range(STOPS):
        _stop_at_random(jhub, chance, sent, *deploy)
    jhub.run(*deploy)
    jhub.run("plan", "--local", "--exit-code")
    for _ in range(STOPS):
        _stop_at_random(jhub, chance, sent, *destroy)
    jhub.run(*destroy)

    endpoint = str(jhub.json("local", "start")["endpoint"])
    assert leftovers(endpoint, "us-west-2", NAME) == []
