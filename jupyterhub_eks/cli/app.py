"""The console script: installs signal handlers, runs a command, and is the error boundary.

Three kinds of ending besides success: an expected failure (a :class:`DeployerError`, as
a block of text with its own exit code), an interruption (130), and a bug (1, with a
crash log). Output that gets lost is seen to in ``streams``. Nothing heavy is imported
before a command needs it.
"""

from __future__ import annotations

import faulthandler
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from jupyterhub_eks.cli import signals, streams
from jupyterhub_eks.errors import (
    EXIT_BUG,
    EXIT_INTERRUPTED,
    DeployerError,
    InterruptedRunError,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from typer import TyperException


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and end the process with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    end_with(lambda: _invoke(given), given)


def end_with(work: Callable[[], int], arguments: list[str]) -> NoReturn:
    """Do ``work`` in a process made fit for it and end the process with its exit code.

    Args:
        work: Returns an exit code, or raises.
        arguments: The command line, for what has to be shown of an error.
    """
    signals.install()
    _open_closed_streams()
    _tell_of_crashes()
    streams.install()
    try:
        code = streams.settle(_guarded(work, arguments))
        signals.ignore()
    except KeyboardInterrupt:  # while the end of the command was being shown
        code = EXIT_INTERRUPTED
    sys.exit(code)


def _open_closed_streams() -> None:
    """Let a command that was started without a standard stream write and read nothing."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115


def _tell_of_crashes() -> None:
    """Let a crash in a compiled library say where in Python it happened, on stderr."""
    if sys.__stderr__ is not None and not faulthandler.is_enabled():
        faulthandler.enable(sys.__stderr__)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; whatever goes wrong is shown, not raised."""
    return _guarded(lambda: _invoke(arguments), arguments)


def _guarded(work: Callable[[], int], arguments: list[str]) -> int:
    try:
        return work()
    except DeployerError as error:
        return _show(error, arguments)
    except (KeyboardInterrupt, EOFError):
        return _show(InterruptedRunError("interrupted"), arguments)
    except Exception as error:  # noqa: BLE001 - the one boundary for bugs
        from jupyterhub_eks.cli.crash import describe_crash  # noqa: PLC0415 - only for a crash

        return _show(describe_crash(error, arguments), arguments)


def _invoke(arguments: list[str]) -> int:
    from typer import Abort, Exit, TyperException  # noqa: PLC0415 - after the signal handlers

    from jupyterhub_eks.cli.registry import build_command  # noqa: PLC0415 - likewise

    try:
        outcome: Any = build_command()(
            arguments or ["--help"], prog_name="jhub", standalone_mode=False
        )
    except TyperException as error:
        raise _usage_error(error) from error
    except Abort:
        raise InterruptedRunError("interrupted at a question; nothing was changed") from None
    except Exit as error:
        return error.exit_code
    if outcome == EXIT_INTERRUPTED:  # how Typer hands on a KeyboardInterrupt
        raise InterruptedRunError("interrupted")
    return outcome if isinstance(outcome, int) else 0


def _usage_error(error: TyperException) -> DeployerError:
    # Before a refused choice Typer leaves the words of what it checks values with.
    message = error.format_message().rstrip(".").replace(": Value error, ", ": ")
    if message.startswith("Usage:"):  # a group without a command: its help is the message
        return UsageError("a command is missing", cause=message)
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "jhub"
    return UsageError(message[:1].lower() + message[1:], hint=f"{command} --help")


def _show(error: DeployerError, arguments: list[str]) -> int:
    from jupyterhub_eks.cli.console.screen import Screen  # noqa: PLC0415 - only for an error

    Screen(as_json="--json" in arguments).error(error)
    return error.exit_code or EXIT_BUG


if __name__ == "__main__":
    main()
