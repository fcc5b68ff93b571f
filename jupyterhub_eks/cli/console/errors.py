"""An expected failure as one calm block: what and where, cause, what to do, log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from jupyterhub_eks.cli.console.places import as_typed, short_path
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.errors import DeployerError
    from jupyterhub_eks.problems import Problem


def draw_error(error: DeployerError) -> Iterator[Text]:
    """Yield the lines of an error."""
    if isinstance(error, ConfigError):
        yield _headline(_count(error))
        for problem in error.problems:
            yield Text("")
            yield from draw_problem(problem)
        return
    yield _headline(error.message)
    yield from _field("cause:", error.cause, "")
    yield from _field("do:", error.hint, "green")
    yield from _field("log:", short_path(error.log), "dim")


def _headline(message: str) -> Text:
    return Text.assemble(("error: ", "bold red"), (as_typed(message), "bold"))


def _count(error: ConfigError) -> str:
    warnings = sum(problem.severity == "warning" for problem in error.problems)
    errors = len(error.problems) - warnings
    text = f"{errors} problem{'s' if errors != 1 else ''} in {error.where}"
    return f"{text}, and {warnings} warning{'s' if warnings != 1 else ''}" if warnings else text


def draw_problem(problem: Problem) -> Iterator[Text]:
    """Yield one finding: its place and message, then what to write instead."""
    style = "red" if problem.severity == "error" else "yellow"
    key = f"{problem.path}: " if problem.path and problem.path not in problem.message else ""
    yield Text.assemble(
        (problem.location, "bold"),
        "  ",
        ("" if problem.severity == "error" else "warning: ", style),
        as_typed(f"{key}{problem.message}"),
    )
    yield from _field("do:", problem.hint, "green")


def _field(label: str, value: str, style: str) -> Iterator[Text]:
    for number, line in enumerate(as_typed(value).splitlines()):
        yield Text.assemble(f"  {label if number == 0 else '':<6} ", (line, style))


def error_document(error: DeployerError) -> dict[str, Any]:
    """Return the error as the JSON document of ``--json``."""
    body: dict[str, Any] = {
        "type": type(error).__name__,
        "message": as_typed(error.message),
        "cause": as_typed(error.cause),
        "hint": as_typed(error.hint),
        "log": error.log,
    }
    if isinstance(error, ConfigError):
        body["problems"] = [problem_document(problem) for problem in error.problems]
    return {"error": body, "exit_code": error.exit_code}


def problem_document(problem: Problem) -> dict[str, Any]:
    """Return one finding for ``--json``."""
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "message": problem.message,
        "hint": as_typed(problem.hint),
        "severity": problem.severity,
    }
