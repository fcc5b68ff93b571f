"""Fifty starts that end by a kill at any moment leave no process behind."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import pytest

from jupyterhub_eks.preview.environment import environment_folder
from jupyterhub_eks.preview.installing import STAMP
from jupyterhub_eks.preview.record import read_record
from jupyterhub_eks.workspace import cache_dir
from tests.support.previewing import free_port

if TYPE_CHECKING:
    from tests.support.previewing import Bench, Previewed

_CYCLES: Final = 50
# Beyond the time that a start takes: some are killed while they run.
_LONGEST_SECONDS: Final = 6.0


@pytest.mark.timeout(1800)
def test_no_kill_leaves_a_process(bench: Bench) -> None:
    """Whichever of the three is killed, and whenever; the state can be used after all of them."""
    chance, port = random.Random(7), free_port()  # noqa: S311 - no secret
    for _ in range(_CYCLES):
        made = bench.start(port=port, ready=False)
        time.sleep(chance.uniform(0, _LONGEST_SECONDS))
        _kill(made, chance.choice(("jhub", "hub", "proxy", "jhub")), chance)
        made.process.wait(60)
        made.await_nothing_left(40)

    # Nothing of what is installed was lost, so that nothing is installed again.
    assert (environment_folder(cache_dir()) / STAMP).exists()
    last = bench.start(port=port)

    assert last.end() == 0
    assert last.left() == []


def _kill(made: Previewed, name: str, chance: random.Random) -> None:
    """Kill a process of it; the command, where that one does not run."""
    record = read_record(made.files.record)
    # That of the start before may still lie there.
    running = (each for each in record.children if each.alive) if record else ()
    children = {each.name: each for each in running}
    wish = chance.choice((signal.SIGKILL, signal.SIGTERM, signal.SIGINT))
    if name in children:
        with suppress(ProcessLookupError):
            os.kill(children[name].pid, signal.SIGKILL)
        return
    made.process.send_signal(wish)
