"""Output that cannot be written ends no run, and is told apart from a reader that had enough."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.cli.console.display import PlainDisplay
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.streams import lost, steady
from jupyterhub_eks.orchestration.events import Note

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

FULL = Path("/dev/full")
JHUB = [sys.executable, "-m", "jupyterhub_eks"]
needs_full_device = pytest.mark.skipif(not FULL.exists(), reason="only Linux has /dev/full")


@pytest.fixture
def abandoned() -> Iterator[TextIO]:
    """A pipe whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as stream:
        yield stream


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["validate"], ["schema"]])
@needs_full_device
def test_a_full_device_is_an_error_of_its_own(arguments: list[str], tmp_path: Path) -> None:
    """Exit code 15 and one block that names stdout, whoever prints: Typer, rich or JSON."""
    with FULL.open("w") as full:
        finished = subprocess.run(
            [*JHUB, *arguments],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert finished.returncode == 15
    assert finished.stderr.splitlines()[-3:] == [
        "error: the work was done, but the output could not be written",
        "  cause: standard output: No space left on device",
        "  do:    make room, or write it elsewhere",
    ]


@needs_full_device
def test_a_failure_keeps_its_own_code_on_a_full_device(tmp_path: Path) -> None:
    """What went wrong first is what a script should see."""
    with FULL.open("w") as full:
        finished = subprocess.run(
            [*JHUB, "no-such", "--json"], cwd=tmp_path, stdout=full, check=False
        )

    assert finished.returncode == 2


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["validate"], ["schema"]])
def test_a_reader_that_had_enough_is_no_failure(
    arguments: list[str], tmp_path: Path, abandoned: TextIO
) -> None:
    """Code 0 and not a word about the pipe."""
    finished = subprocess.run(
        [*JHUB, *arguments],
        cwd=tmp_path,
        stdout=abandoned,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )

    assert (finished.returncode, finished.stderr) == (0, "")


def test_a_run_goes_on_when_nobody_reads_its_lines(
    abandoned: TextIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events arrive on the threads that wait for Terraform: none may fail because of a pipe."""
    monkeypatch.setattr("sys.stderr", steady(abandoned, line_buffering=True))
    display = Screen().display()
    assert isinstance(display, PlainDisplay)

    for number in range(3):
        display(Note(text=f"note {number}"))

    assert lost(sys.stderr) is None


@needs_full_device
def test_the_reason_of_a_loss_is_kept() -> None:
    """Only the first error counts; what follows is dropped without another try."""
    with FULL.open("w", encoding="utf-8") as full:
        stream = steady(full, line_buffering=True)
        stream.write("one\n")
        stream.write("two\n")
        error = lost(stream)

    assert error is not None
    assert error.strerror == "No space left on device"


def test_a_pipe_that_does_not_block_is_waited_for() -> None:
    """Some programs hand on such pipes; a slow reader still gets every byte."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    received: list[bytes] = []

    def read() -> None:
        time.sleep(0.05)
        while chunk := os.read(reading, 1 << 16):
            received.append(chunk)

    reader = threading.Thread(target=read)
    reader.start()
    with os.fdopen(writing, "w", encoding="utf-8") as pipe:
        stream = steady(pipe, line_buffering=False)
        stream.write("x" * 300_000)
        assert lost(stream) is None
    reader.join()
    os.close(reading)

    assert sum(map(len, received)) == 300_000


def test_characters_that_an_encoding_lacks_are_escaped(tmp_path: Path) -> None:
    """A title in another script is no reason to lose a report."""
    file = tmp_path / "out"
    with file.open("w", encoding="latin-1") as target:
        stream = steady(target, line_buffering=True)
        stream.write("Übung 日本\n")
        stream.flush()

    assert file.read_bytes() == b"\xdcbung \\u65e5\\u672c\n"
