"""On a terminal long lines go on under their last column."""

from __future__ import annotations

import io

from rich.console import Console

from jupyterhub_eks.cli.console.wrapping import hanging_indent, wrapped


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
    assert hanging_indent("19:55:00 plan lab: network storage") == 9
    assert hanging_indent("19:55:00 network  waits for storage") == 18


def test_a_command_is_never_broken() -> None:
    """Whoever copies the line has the whole command, options and all."""
    text = (
        "  platform: there is no Kubernetes here; to make one: .venv/bin/jhub local cluster build"
    )

    assert _lines(text, 60) == [
        "  platform: there is no Kubernetes here; to make one:",
        "            .venv/bin/jhub local cluster build",
    ]
    quoted = "  do:    run `jhub deploy --local --yes` and then look at it again"
    assert any("`jhub deploy --local --yes`" in line for line in _lines(quoted, 40))


def test_no_line_breaks_a_word_at_any_width() -> None:
    """A key that stands in a sentence is whole in one of the lines."""
    text = "jhub.yaml:3:5  hub_values.singleuser.profileList[0].kubespawner_override.cpu is unknown"
    for width in range(20, 90):
        words = [word for line in _lines(text, width) for word in line.split()]
        assert words == text.split()
