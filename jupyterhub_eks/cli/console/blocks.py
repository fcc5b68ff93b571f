"""Parts of which reports are made: headings, pairs of label and text, commands that come next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# A longer one has its purpose in the next line.
WIDEST_COMMAND: Final = 40


def heading(text: str) -> Text:
    """Return the heading of a block."""
    return Text(text, "bold")


def pairs(rows: Iterable[tuple[str, str]], *, indent: int = 2, style: str = "") -> Iterator[Text]:
    """Yield ``label  text`` lines whose second column stands."""
    listed = list(rows)
    width = max((len(label) for label, _ in listed), default=0)
    for label, text in listed:
        yield Text.assemble(" " * indent, (f"{label:<{width}}", "dim"), "  ", (text, style))


def draw_next(logs: str, commands: Sequence[tuple[str, str]]) -> Iterator[Text]:
    """Yield where the logs are and which commands come next."""
    if logs:
        yield Text("")
        yield Text.assemble(("Logs  ", "bold"), logs)
    yield Text("")
    yield heading("Next")
    width = max(len(command) for command, _ in commands)
    for command, purpose in commands:
        if width > WIDEST_COMMAND:  # beside it there would be no room on 80 columns
            yield Text.assemble("  ", (command, "cyan"))
            yield Text.assemble("      ", (purpose, "dim"))
        else:
            yield Text.assemble("  ", (f"{command:<{width}}", "cyan"), (f"  {purpose}", "dim"))
