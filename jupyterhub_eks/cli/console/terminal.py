"""What the standard streams can show, decided once from the streams and the environment.

``NO_COLOR`` (no-color.org), ``TERM=dumb`` and ``CI`` are honoured: the first takes
the colours away, the other two also the moving display.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping

NARROWEST: Final = 40
PLAIN_WIDTH: Final = 100


@dataclass(frozen=True)
class Glyphs:
    """The drawing characters of one character set."""

    done: str
    failed: str
    working: str
    idle: str
    warning: str
    bar: str
    bar_rest: str
    branch: str
    corner: str
    trunk: str
    ellipsis: str
    separator: str


UNICODE: Final = Glyphs("✓", "✗", "●", "·", "!", "━", "─", "├ ", "└ ", "│ ", "…", "·")
ASCII: Final = Glyphs("+", "x", "*", ".", "!", "#", "-", "|-", "`-", "| ", "..", "-")


@dataclass(frozen=True)
class Terminal:
    """Abilities of the standard streams.

    Attributes:
        live: Whether stderr may be redrawn in place.
        interactive: Whether a question can be asked and answered.
        colour_out: Whether stdout takes colours.
        colour_err: Whether stderr takes colours.
        glyphs: Drawing characters that both streams can encode.
        width: Columns; a fixed one where there is no terminal.
        results_visible: Whether stdout is the screen that shows the live display.
    """

    live: bool
    interactive: bool
    colour_out: bool
    colour_err: bool
    glyphs: Glyphs
    width: int
    results_visible: bool = False


def _encodes(stream: TextIO) -> bool:
    try:
        "✓━└…".encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def detect(environ: Mapping[str, str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> Terminal:
    """Return what these streams can show under this environment."""
    dumb = environ.get("TERM", "") in {"", "dumb"}
    colour = not environ.get("NO_COLOR") and not dumb
    out_tty, err_tty = stdout.isatty(), stderr.isatty()
    quiet = bool(environ.get("CI")) or dumb
    columns = shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns
    return Terminal(
        live=err_tty and not quiet,
        interactive=stdin.isatty() and err_tty and not environ.get("CI"),
        colour_out=out_tty and colour,
        colour_err=err_tty and colour,
        glyphs=UNICODE if _encodes(stdout) and _encodes(stderr) else ASCII,
        width=max(columns if err_tty or out_tty else PLAIN_WIDTH, NARROWEST),
        results_visible=err_tty and out_tty,
    )


def this_terminal() -> Terminal:
    """Return the abilities of this process's own streams."""
    return detect(os.environ, sys.stdin, sys.stdout, sys.stderr)
