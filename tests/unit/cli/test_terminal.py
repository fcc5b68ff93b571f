"""The abilities of the streams follow from the streams and the environment."""

from __future__ import annotations

import io

import pytest

from jupyterhub_eks.cli.console.terminal import ASCII, UNICODE, Terminal, detect


class _Stream(io.StringIO):
    def __init__(self, *, tty: bool, encoding: str = "utf-8") -> None:
        super().__init__()
        self._tty = tty
        self._encoding = encoding

    def isatty(self) -> bool:
        return self._tty

    @property
    def encoding(self) -> str:
        return self._encoding


def _detect(environ: dict[str, str], *, tty: bool = True, encoding: str = "utf-8") -> Terminal:
    stream = _Stream(tty=tty, encoding=encoding)
    return detect({"TERM": "xterm-256color"} | environ, stream, stream, stream)


def test_a_terminal_gets_everything() -> None:
    """On a plain terminal there are colours, a live display and questions."""
    terminal = _detect({})

    assert (terminal.live, terminal.interactive, terminal.colour_out) == (True, True, True)


def test_no_color_takes_only_the_colours() -> None:
    """The display still moves."""
    terminal = _detect({"NO_COLOR": "1"})

    assert (terminal.live, terminal.colour_err) == (True, False)


@pytest.mark.parametrize("environ", [{"CI": "true"}, {"TERM": "dumb"}, {"TERM": ""}])
def test_ci_and_dumb_terminals_get_plain_lines(environ: dict[str, str]) -> None:
    """Nothing is redrawn where redrawing makes a mess."""
    assert _detect(environ).live is False


def test_nobody_is_asked_under_ci_or_without_a_terminal() -> None:
    """A question without somebody to answer would hang."""
    assert _detect({"CI": "1"}).interactive is False
    assert _detect({}, tty=False).interactive is False


def test_glyphs_follow_the_encoding() -> None:
    """ASCII drawings where the stream cannot encode others."""
    assert _detect({}).glyphs is UNICODE
    assert _detect({}, encoding="ascii").glyphs is ASCII
    assert _detect({}, encoding="latin-1").glyphs is ASCII
