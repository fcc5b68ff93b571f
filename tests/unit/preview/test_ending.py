"""Processes of a preview are recognised, and end, whoever started them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import PreviewError
from jupyterhub_eks.preview import keeper
from jupyterhub_eks.preview.ending import held, stop
from jupyterhub_eks.preview.files import preview_files
from jupyterhub_eks.preview.leftovers import MARK, processes_of
from jupyterhub_eks.preview.record import (
    Recorded,
    RunRecord,
    await_end,
    end_all,
    read_record,
    recorded,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SLEEPER = (sys.executable, "-c", "import time; print(1, flush=True); time.sleep(600)")
DEAF = (
    *(sys.executable, "-c"),
    "import signal as s, time; s.signal(15, s.SIG_IGN); print(1, flush=True); time.sleep(99)",
)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows it")


@contextmanager
def running(argv: tuple[str, ...] = SLEEPER, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program as long as a block lasts; it is ready when the block begins."""
    process = subprocess.Popen(argv, env={**os.environ, **env}, stdout=subprocess.PIPE)
    try:
        assert process.stdout
        process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    """With every process of it."""
    record = RunRecord(recorded("jhub", os.getpid()), (Recorded("hub", 2, "9"),))
    (tmp_path / "r").write_text(record.text())

    assert read_record(tmp_path / "r") == record


@pytest.mark.parametrize("text", ["", "{", "[]", '{"command": 1, "children": []}', "null"])
def test_a_damaged_record_is_none(tmp_path: Path, text: str) -> None:
    """Nobody is ended by it."""
    (tmp_path / "r").write_text(text)

    assert read_record(tmp_path / "r") is None
    assert read_record(tmp_path / "none") is None


def test_a_later_process_of_the_same_number_is_left_alone() -> None:
    """Its start tells the two from each other."""
    with running() as process:
        assert end_all([Recorded("hub", process.pid, "0")], wait_seconds=1) == ()
        assert process.poll() is None


@pytest.mark.parametrize("argv", [SLEEPER, DEAF])
def test_a_process_ends_also_if_it_does_not_listen(argv: tuple[str, ...]) -> None:
    """SIGKILL follows."""
    with running(argv) as process:
        assert end_all([recorded("hub", process.pid)], wait_seconds=0.5) == ("hub",)
        assert process.wait(5) in {-signal.SIGTERM, -signal.SIGKILL}


def test_a_stopped_process_is_asked_to_end_as_well() -> None:
    """Ctrl-Z has stopped it; it goes on, so that it ends what it has started itself."""
    with running() as process:
        process.send_signal(signal.SIGSTOP)
        assert end_all([recorded("hub", process.pid)], wait_seconds=5) == ("hub",)
        assert process.wait(5) == -signal.SIGTERM


@LINUX
def test_what_bears_the_mark_belongs_to_it(tmp_path: Path) -> None:
    """Of another preview's processes none is found."""
    with running(**{MARK: str(tmp_path / "1")}) as one, running(**{MARK: str(tmp_path / "10")}):
        assert [each.pid for each in processes_of(tmp_path / "1")] == [one.pid]


@LINUX
def test_stop_ends_what_nobody_recorded(tmp_path: Path) -> None:
    """Such as the server of a user whose hub was killed."""
    files = preview_files(tmp_path, 8000)
    files.home.mkdir(parents=True)
    with running(**{MARK: str(files.home)}) as process:
        assert len(stop(files)) == 1
        assert process.wait(5) == -signal.SIGTERM
    assert stop(files) == ()


def test_stop_of_nothing_makes_nothing(tmp_path: Path) -> None:
    """Nor a folder."""
    assert stop(preview_files(tmp_path, 8000)) == ()
    assert list(tmp_path.iterdir()) == []


def test_a_state_is_held_by_one(tmp_path: Path) -> None:
    """The other is told who, and what to do."""
    files = preview_files(tmp_path, 8000)
    with held(files, 8000):
        files.record.write_text(RunRecord(recorded("jhub", os.getpid())).text())
        with (
            pytest.raises(PreviewError, match="runs on port 8000 already") as raised,
            held(files, 8000),
        ):
            pass
    assert str(os.getpid()) in raised.value.cause
    assert "preview stop --port 8000" in raised.value.hint


def test_what_is_left_is_ended_first(tmp_path: Path) -> None:
    """And told."""
    files = preview_files(tmp_path, 8000)
    files.home.mkdir(parents=True)
    with running() as process:
        record = RunRecord(Recorded("jhub", 1, "0"), (recorded("proxy", process.pid),))
        files.record.write_text(record.text())
        with held(files, 8000) as left:
            assert left == ("proxy",)
    assert not files.record.exists()


@LINUX
def test_a_kept_program_ends_with_its_parent(tmp_path: Path) -> None:
    """Even if that is killed."""
    told = tmp_path / "pid"
    program = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    parent = (
        "import os, subprocess, sys; "
        f"subprocess.Popen([sys.executable, {keeper.__file__!r}, str(os.getpid()), "
        f"sys.executable, '-c', {program!r}]).wait()"
    )
    with running((sys.executable, "-c", f"print(1, flush=True); {parent}")) as process:
        deadline = time.monotonic() + 20
        while not (told.exists() and told.read_text()):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        kept = recorded("kept", int(told.read_text()))
        assert kept.alive
        process.kill()
        assert await_end([kept], 10)


def test_a_watched_program_ends_with_its_parent(tmp_path: Path) -> None:
    """Where the system has no signal for it, the keeper looks itself, and hands signals on."""
    told = tmp_path / "pid"
    program = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    watch = (
        f"import sys; sys.path.insert(0, {str(Path(keeper.__file__).parent)!r}); import keeper; "
        "print(1, flush=True); "
        f"keeper._watch({os.getpid()}, [sys.executable, '-c', {program!r}])"
    )
    with running((sys.executable, "-c", watch)) as process:
        deadline = time.monotonic() + 20
        while not (told.exists() and told.read_text()):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        kept = recorded("kept", int(told.read_text()))
        process.send_signal(signal.SIGTERM)
        assert await_end([kept], 10)
        process.wait(10)


def test_the_record_is_plain_json(tmp_path: Path) -> None:
    """A person finds the processes in it."""
    document = json.loads(RunRecord(recorded("jhub", os.getpid())).text())

    assert document["command"]["pid"] == os.getpid()
