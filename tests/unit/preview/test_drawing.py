"""What the command says: where, who, what cannot start, what is not real; and what it stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.cli.console.preview import InstallNarrator, draw_ready, draw_stopped
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.previewing import has_display
from jupyterhub_eks.preview.installing import InstallAwaited, Installed, Installing

if TYPE_CHECKING:
    from pathlib import Path


def test_all_that_is_needed_is_said(tmp_path: Path) -> None:
    """A newcomer can open it, log in, and knows what to expect."""
    lines = draw_ready(
        name="demo",
        url="http://127.0.0.1:8000",
        seconds=3.44,
        how_to_log_in=("any name, password x",),
        refused=(("Huge", "no machine has 900 GiB"),),
        not_real=("Passwords are made up.",),
        state=tmp_path,
    )
    text = "\n".join(map(str, lines))

    assert "running demo, after 3.4 s" in text
    assert "\n  http://127.0.0.1:8000\n" in text
    assert "  any name, password x" in text
    assert "  Huge: no machine has 900 GiB" in text
    assert "  - Passwords are made up." in text
    assert "http://127.0.0.1:8000/preview/pods" in text
    assert str(tmp_path) in text


def test_without_refused_profiles_none_are_spoken_of(tmp_path: Path) -> None:
    """Their heading would frighten."""
    lines = draw_ready(
        name="demo",
        url="u",
        seconds=1,
        how_to_log_in=(),
        refused=(),
        not_real=(),
        state=tmp_path,
    )

    assert "Cannot start" not in "\n".join(map(str, lines))


def test_what_was_stopped_is_counted() -> None:
    """By port; servers of users are several."""
    lines = draw_stopped([(8000, ("jhub", "hub", "python", "python")), (8001, ())])

    assert list(map(str, lines)) == ["stopped port 8000: jhub, hub, 2 python"]
    assert list(map(str, draw_stopped([(8000, ())]))) == [
        "no preview of this work folder was running"
    ]


def test_an_installation_is_told_in_steps(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing can move: its begin, some steps, its end."""
    narrator = InstallNarrator(Screen())
    for event in (
        InstallAwaited("things"),
        Installing("things", 0, 0),
        *(Installing("things", done, 60) for done in range(1, 61)),
        Installed("things", 61.0),
    ):
        narrator(event)
    narrator.close()

    assert capsys.readouterr().err.splitlines() == [
        "another command installs things; waiting for it ...",
        "installing things (once, a minute or two) ...",
        "  25 of 60 packages",
        "  50 of 60 packages",
        "  putting them in place",
        "  things installed after 1 min 1 s",
    ]


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "w"}, True),
        ("linux", {"DISPLAY": ":0", "CI": "1"}, False),
        ("darwin", {}, True),
    ],
)
def test_a_browser_is_opened_where_one_is_seen(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], *, expected: bool
) -> None:
    """In a CI job or over SSH it would only be in the way."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "CI"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)

    assert has_display() is expected
