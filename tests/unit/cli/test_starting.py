"""``jhub init`` writes two files to start from and never over existing ones."""

from __future__ import annotations

import dataclasses
import io
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.console.terminal import this_terminal
from jupyterhub_eks.cli.starting import complete
from jupyterhub_eks.config.template import InitAnswers

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has an empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _asked(monkeypatch: pytest.MonkeyPatch, given: InitAnswers, *lines: str) -> InitAnswers:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    terminal = dataclasses.replace(this_terminal(), interactive=True)
    return complete(Screen(terminal=terminal), given)


def test_what_is_written_is_valid(folder: Path) -> None:
    """The defaults can be deployed as they are."""
    assert run(["init"]) == 0
    assert (folder / "profiles.yaml").is_file()
    assert run(["validate"]) == 0


def test_existing_files_are_refused_and_kept(folder: Path) -> None:
    """Nobody loses an edited file; ``--force`` is explicit."""
    (folder / "jhub.yaml").write_text("name: mine\n")

    assert run(["init"]) == 10
    assert (folder / "jhub.yaml").read_text() == "name: mine\n"
    assert run(["init", "--force"]) == 0


def test_what_is_left_to_fill_in_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """A login that needs more facts names each with its place."""
    assert run(["init", "--auth", "cognito"]) == 0

    out = capsys.readouterr().out
    assert "Still open" in out
    assert "access.domain" in out


def test_empty_answers_take_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Return on every question gives a trial deployment."""
    assert _asked(monkeypatch, InitAnswers(), *[""] * 6) == InitAnswers()


def test_answers_land_in_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong login type is asked again."""
    lines = ("lab", "eu-west-1", "ldap", "native", "hub.example.org", "ann, bob", "203.0.113.0/24")
    answers = _asked(monkeypatch, InitAnswers(), *lines)

    assert (answers.auth, answers.domain, answers.admins) == (
        "native",
        "hub.example.org",
        ("ann", "bob"),
    )
    assert (answers.name, answers.region) == ("lab", "eu-west-1")
    assert answers.public_access_cidrs == ("203.0.113.0/24",)


def test_flags_are_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is open is a question."""
    given = InitAnswers(name="lab", region="eu-west-1", public_access_cidrs=("203.0.113.0/24",))

    assert _asked(monkeypatch, given, "") == given
