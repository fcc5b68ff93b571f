"""What is suggested can be typed as it stands, from the current folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterhub_eks.cli.console.places import short_path, this_program

if TYPE_CHECKING:
    import pytest


def test_a_path_is_written_from_here_or_from_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whichever is shorter; another one is written in full."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path))

    assert short_path(str(tmp_path / "here" / "logs" / "a.log")) == "logs/a.log"
    assert short_path(str(tmp_path / "logs")) == "~/logs"
    assert short_path("/var/log") == "/var/log"


def test_a_program_that_is_not_on_path_is_suggested_by_its_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """After ./install.sh nobody has put the environment on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert this_program() == short_path(str(Path(sys.prefix) / "bin" / "jhub"))

    (tmp_path / "jhub").touch(mode=0o755)
    assert this_program() == "jhub"
