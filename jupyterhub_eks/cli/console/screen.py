"""The two output streams: results on stdout, everything else on stderr.

With ``--json`` stdout carries exactly one JSON document.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from jupyterhub_eks.cli.console.display import LiveDisplay, PlainDisplay
from jupyterhub_eks.cli.console.errors import draw_error, error_document
from jupyterhub_eks.cli.console.places import as_typed
from jupyterhub_eks.cli.console.terminal import this_terminal
from jupyterhub_eks.cli.console.wrapping import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from rich.status import Status

    from jupyterhub_eks.cli.console.display import Display
    from jupyterhub_eks.cli.console.terminal import Terminal
    from jupyterhub_eks.errors import DeployerError


class Screen:
    """Prints for one command.

    Args:
        as_json: Whether stdout carries one JSON document.
        verbose: Whether every resource gets a line of its own.
        terminal: Abilities of the streams; asked of this process when left out.
    """

    def __init__(
        self, *, as_json: bool = False, verbose: bool = False, terminal: Terminal | None = None
    ) -> None:
        self.as_json = as_json
        self.verbose = verbose
        self.terminal = terminal or this_terminal()
        self._out = _console(sys.stdout, self.terminal, colour=self.terminal.colour_out)
        self._err = _console(sys.stderr, self.terminal, colour=self.terminal.colour_err)

    @property
    def room(self) -> int | None:
        """Columns for a line of the result; None in a pipe, where lines stay whole."""
        return self.terminal.width if self._out.is_terminal else None

    def result(self, lines: Iterable[Text | str]) -> None:
        """Print lines of the result to stdout; nothing with ``--json``."""
        if not self.as_json:
            _write(self._out, sys.stdout, lines)

    def document(self, value: object) -> None:
        """Print the one JSON document of ``--json`` to stdout."""
        if self.as_json:
            text = json.dumps(to_json(value), indent=2, ensure_ascii=True)
            _write(self._out, sys.stdout, [text])

    def info(self, *lines: Text | str) -> None:
        """Print lines that are not the result to stderr."""
        _write(self._err, sys.stderr, lines)

    def notes(self, *texts: str) -> None:
        """Print dim lines to stderr."""
        self.info(*(Text(as_typed(text), "dim") for text in texts))

    def ask(self, question: str) -> str:
        """Ask on stderr and return the line that was typed.

        Raises:
            EOFError: Standard input has ended.
        """
        *above, last = wrapped(Text(question, "bold"), self._err)
        self.info(*above)
        self._err.print(last, end=" ", soft_wrap=True)
        sys.stderr.flush()
        line = ""
        try:
            line = sys.stdin.readline()
        finally:
            if not line:
                self.info("")  # what is said next begins a line of its own
        if not line:
            raise EOFError
        return line.rstrip("\n")

    def error(self, error: DeployerError) -> None:
        """Print an expected failure: a block on stderr and, with ``--json``, the document."""
        self.info(*draw_error(error))
        self.document(error_document(error))

    def status(self, text: str) -> Status | None:
        """Return a line that moves while something is waited for; none where nothing can move."""
        return self._err.status(Text(text)) if self.terminal.live else None

    def display(self) -> Display:
        """Return the sink that draws a run's events on stderr."""
        if self.terminal.live:
            return LiveDisplay(self._err, self.terminal)
        return PlainDisplay(self._err, every_resource=self.verbose)


def to_json(value: object) -> Any:
    """Return ``value`` as plain JSON types; dataclasses by field, paths and dates as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: to_json(getattr(value, field.name)) for field in fields}
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def _console(stream: TextIO, terminal: Terminal, *, colour: bool) -> Console:
    return Console(
        file=stream,
        force_terminal=stream.isatty(),
        color_system="auto" if colour else None,
        no_color=not colour,
        legacy_windows=False,
        width=None if stream.isatty() else terminal.width,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=True,
    )


def _write(console: Console, stream: TextIO, lines: Iterable[Text | str]) -> None:
    for line in lines:
        for piece in wrapped(line, console):
            console.print(piece, soft_wrap=True)
    stream.flush()
