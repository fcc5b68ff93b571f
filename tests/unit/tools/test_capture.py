"""A file that another process writes is followed line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.tools.capture import Follower, Log, redact

if TYPE_CHECKING:
    from pathlib import Path


def test_only_complete_lines_are_handed_on(tmp_path: Path) -> None:
    """The rest follows when it is complete, or at the end."""
    lines: list[str] = []
    with (tmp_path / "out").open("w+b", buffering=0) as file:
        follower = Follower(file.fileno(), ("pass1234",), lines.append)
        file.write(b"one\ntw")
        follower.advance()
        assert lines == ["one"]
        file.write(b"o\r\npass1234 end")
        follower.finish()
    assert lines == ["one", "two", "(secret) end"]


def test_broken_utf8_is_no_error(tmp_path: Path) -> None:
    """Whatever a child prints is handed on."""
    lines: list[str] = []
    with (tmp_path / "out").open("w+b", buffering=0) as file:
        file.write(b"\xff\n")
        Follower(file.fileno(), (), lines.append).finish()
    assert lines == ["\N{REPLACEMENT CHARACTER}"]


def test_every_secret_is_replaced_everywhere() -> None:
    """Empty secrets replace nothing."""
    text = redact("a hunter22 b hunter22, s3cr3t99", ("hunter22", "", "s3cr3t99"))
    assert text == "a (secret) b (secret), (secret)"


def test_a_log_is_for_its_owner_and_appended_to(tmp_path: Path) -> None:
    """Several commands of a stack share one log."""
    for line in ("one", "two"):
        with Log(tmp_path / "log", ()) as log:
            log.write(line)
    assert (tmp_path / "log").read_text() == "one\ntwo\n"
    assert (tmp_path / "log").stat().st_mode & 0o077 == 0
