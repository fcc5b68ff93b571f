"""Results go to stdout, everything else to stderr."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.ports import Resource


def test_results_and_notes_are_apart(capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe gets the result alone."""
    screen = Screen()
    screen.result(["result"])
    screen.notes("note")
    out, err = capsys.readouterr()

    assert (out, err) == ("result\n", "note\n")


def test_long_lines_are_not_wrapped_for_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    """``grep`` and ``cut`` see the whole line."""
    Screen().result(["x" * 500])

    assert capsys.readouterr().out == "x" * 500 + "\n"


def test_json_is_the_only_thing_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    """Text results step aside for the document."""
    screen = Screen(as_json=True)
    screen.result(["text"])
    screen.document({"kept": (Resource("efs", "file system", "fs-1"),), "log": Path("a")})

    assert json.loads(capsys.readouterr().out) == {
        "kept": [{"service": "efs", "kind": "file system", "identifier": "fs-1"}],
        "log": "a",
    }


def test_an_error_is_text_on_stderr_and_a_document_with_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """People and scripts both learn of it."""
    Screen(as_json=True).error(ToolError("no terraform"))
    out, err = capsys.readouterr()

    assert json.loads(out)["error"]["message"] == "no terraform"
    assert err == "error: no terraform\n"


def test_a_question_without_an_answer_ends_its_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error that follows does not hang behind the question."""
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    with pytest.raises(EOFError):
        Screen().ask("deploy? [y/N]")

    assert capsys.readouterr().err == "deploy? [y/N] \n"


def test_markup_in_a_value_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    """A resource address such as ``aws_subnet.a[0]`` is printed as it is."""
    Screen().result(["aws_subnet.a[0] [bold]x[/bold] :smile:"])

    assert capsys.readouterr().out == "aws_subnet.a[0] [bold]x[/bold] :smile:\n"


class _Terminal(io.StringIO):
    """A stream to a terminal."""

    def isatty(self) -> bool:
        """Be one."""
        return True


def test_a_long_question_is_broken_between_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed stands behind its last line."""
    terminal = _Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("sys.stdin", io.StringIO("okta\n"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    words = "provider: github, google, gitlab, okta, entra, auth0, cilogon, keycloak, oidc [oidc]:"

    assert Screen().ask(words) == "okta"
    lines = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue()).split("\n")
    assert [line.split() for line in lines] == [words.split()[:-1], words.split()[-1:]]
    assert all(len(line) <= 80 for line in lines)
    assert lines[-1].endswith("[oidc]: ")
