"""On a terminal long lines go on under their last column."""

from __future__ import annotations

import io

from rich.console import Console

from jupyterhub_eks.cli.console.screen import hanging_indent, wrapped


def _lines(text: str, width: int = 30, *, terminal: bool = True) -> list[str]:
    console = Console(file=io.StringIO(), width=width, force_terminal=terminal)
    return [str(line).rstrip() for line in wrapped(text, console)]


def test_a_labelled_line_goes_on_under_its_text() -> None:
    """The label column stays clear."""
    assert _lines("  cause: one two three four five six") == [
        "  cause: one two three four",
        "         five six",
    ]


def test_a_pipe_gets_whole_lines() -> None:
    """``grep`` finds words that would stand on two lines."""
    text = "  cause: one two three four five six seven"

    assert _lines(text, terminal=False) == [text]


def test_a_long_word_is_left_to_the_terminal() -> None:
    """An address that was cut could not be copied."""
    text = f"  log:   /{'x' * 60}"

    assert _lines(text) == [text]


def test_a_long_word_that_fits_alone_stands_under_its_label() -> None:
    """An address is whole, and no part of it hangs at the edge."""
    address = f"https://{'x' * 15}"

    assert _lines(f"  login url  {address}") == ["  login url", f"    {address}"]


def test_the_column_is_found_after_label_or_gap() -> None:
    """Both ``label:`` and two spaces end a label."""
    assert hanging_indent("  do:    run it") == 9
    assert hanging_indent("  vpc id  vpc-1") == 10
    assert hanging_indent("    plain text") == 4
