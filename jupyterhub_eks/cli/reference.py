"""Reference pages made from the program itself.

``python -m jupyterhub_eks.cli.reference --write`` writes ``docs/commands.md`` and
``docs/exit-codes.md`` again; a test fails while they are stale.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.cli.json_forms import plan_table
from jupyterhub_eks.cli.registry import ENTRIES, build_command, load_command
from jupyterhub_eks.errors import (
    EXIT_BUG,
    EXIT_CHANGES,
    EXIT_INTERRUPTED,
    EXIT_OK,
    EXIT_OUTDATED,
    DeployerError,
)
from jupyterhub_eks.resources import data_root

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WIDTH: Final = 100
GENERATED: Final = (
    "<!-- Made by `python -m jupyterhub_eks.cli.reference --write`; do not edit. -->\n"
)


def exit_codes() -> dict[int, str]:
    """Return every exit code with its meaning, from the error tree."""
    codes = {
        EXIT_OK: "done",
        EXIT_BUG: "a bug of jhub; the log named on the screen has the whole story",
        EXIT_CHANGES: "changes are present (`jhub plan --exit-code`); not an error",
        EXIT_OUTDATED: "something is out of support, or behind a security release "
        "(`jhub upgrade --check`); not an error",
    }
    for error in _tree(DeployerError):
        codes.setdefault(error.exit_code, error.meaning)
    return dict(sorted(codes.items()))


def _tree(base: type[DeployerError]) -> Iterator[type[DeployerError]]:
    for error in base.__subclasses__():
        yield error
        yield from _tree(error)


def exit_codes_page() -> str:
    """Return ``docs/exit-codes.md``."""
    rows = "".join(f"| {code} | {meaning} |\n" for code, meaning in exit_codes().items())
    return (
        f"{GENERATED}# Exit codes\n\n"
        "Every command ends with one of these. With `--json` an error is the document\n"
        '`{"error": {"type", "message", "cause", "hint", "log"}, "exit_code"}` on stdout.\n\n'
        f"| code | meaning |\n|---|---|\n{rows}\n"
        f"After {EXIT_INTERRUPTED} the same command, run again, goes on where it was stopped.\n\n"
        "A reader that stops reading (`jhub output | head -1`) is no failure: the command goes on\n"
        "in silence, a deploy to its end, and ends with the code of its work.\n"
    )


def commands_page() -> str:
    """Return ``docs/commands.md``: the help of every command."""
    parts = [f"{GENERATED}# Commands\n", _section("jhub", build_command())]
    for entry in ENTRIES:
        parts += _sections(f"jhub {entry.name}", load_command(entry.name))
        if entry.name == "plan":
            parts.append(plan_table())
    return "\n".join(parts)


def _sections(name: str, command: Any) -> Iterator[str]:
    yield _section(name, command)
    for each, part in getattr(command, "commands", {}).items():
        yield from _sections(f"{name} {each}", part)


def _section(name: str, command: Any) -> str:
    context = command.make_context(name, [], resilient_parsing=True, terminal_width=WIDTH)
    return f"## {name}\n\n```\n{command.get_help(context).strip()}\n```\n"


def pages() -> dict[Path, str]:
    """Return each generated page by its path."""
    docs = data_root() / "docs"
    return {docs / "commands.md": commands_page(), docs / "exit-codes.md": exit_codes_page()}


def main() -> None:
    """Write the pages, or with no argument say which are stale."""
    for path, text in pages().items():
        if "--write" in sys.argv[1:]:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            sys.stdout.write(f"stale: {path}\n")


if __name__ == "__main__":
    main()
