"""One finding about the user's configuration, with its place and its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something the user should change in a configuration file.

    Attributes:
        path: Dotted key path, e.g. ``network.cidr`` or ``profiles[2].pool``.
        message: What is wrong, with the offending value.
        hint: What to write instead.
        file: File as the user named it; empty for a command-line flag.
        line: 1-based line, 0 when there is no file.
        column: 1-based column, 0 when there is no file or the whole line is meant.
        severity: Only an ``error`` stops a run.
        flag: Command-line flag that gave the value, e.g. ``--auth``; empty for a file.
    """

    path: str
    message: str
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    severity: Severity = "error"
    flag: str = ""

    @property
    def location(self) -> str:
        """``file:line:column``, as editors and terminals make clickable; or the flag.

        A place without a column is ``file:line``.
        """
        if not self.file:
            return self.flag or "command line"
        parts = (self.file, *(str(each) for each in (self.line, self.column) if each))
        return ":".join(parts)
