"""Runs over many people: their files of passwords, and what has become of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.cli.console.errors import error_document
from jupyterhub_eks.errors import EXIT_OK, DeployerError, RefusedError, StateError, UsageError
from jupyterhub_eks.people.passwords import PasswordFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.people.journal import Journal
    from jupyterhub_eks.people.running import Outcome

_NAMED_FAILURES = 10


@dataclass(frozen=True, kw_only=True)
class Finished:
    """What has become of a request.

    Attributes:
        outcome: What was done.
        report: File of the run; None: nothing was to be done.
        passwords: File of passwords; empty: none was made.
        e_mails: How many invitations Cognito sends.
        is_resumed: Whether a run that had not ended was gone on with.
    """

    outcome: Outcome
    report: Path | None
    passwords: str = ""
    e_mails: int = 0
    is_resumed: bool = False


def password_file(
    asked: Path | None, known: Journal | None, typed: Callable[[str], str]
) -> PasswordFile | None:
    """Return the file of passwords of a run: a new one, or that of the run that is gone on with.

    Args:
        asked: Its path; None: no passwords are written.
        known: The run that did not end, if there is one.
        typed: Returns a command as it is typed for this deployment.

    Raises:
        UsageError: The run that did not end writes to another one.
        StateError: Its file is gone or cannot be read.
        RefusedError: There is a file of that name.
    """
    if asked is None or (known and not known.passwords):
        return None
    path = asked.absolute()
    if known is None:
        return PasswordFile.create(path)
    if known.passwords != str(path):
        raise UsageError(
            f"the run that did not end writes its passwords to {known.passwords}",
            hint=f"go on with it: --passwords {known.passwords}; or remove {known.path} to begin "
            "anew",
        )
    if not path.exists():
        raise StateError(
            f"{path} is gone, with the passwords of a run that did not end",
            hint=f"bring it back; or remove {known.path} to begin anew, and reset the passwords "
            f"of those it names: {typed('users reset-password NAME')}",
        )
    return PasswordFile.reopen(path)


def close(screen: Screen, finished: Finished, done: str) -> int:
    """Tell files and failures of a run, and return the exit code.

    Args:
        screen: Where; what was done is told already.
        finished: The run.
        done: What it does to people, as a participle.
    """
    if finished.passwords:
        screen.notes(f"passwords for one login: {finished.passwords}")
    if finished.report:
        screen.notes(f"report: {finished.report}")
    outcome = finished.outcome
    document = {
        "done": outcome.done,
        "unchanged": outcome.unchanged,
        "failed": [
            {"name": each.name, "message": each.error.message, "cause": each.error.cause}
            for each in outcome.failures
        ],
        "left": outcome.left,
        "resumed": finished.is_resumed,
        "report": finished.report,
        "passwords": finished.passwords or None,
        "e_mails": finished.e_mails,
    }
    error = failure_of(outcome, done)
    if error is None:
        screen.document(document)
        return EXIT_OK
    if screen.as_json:
        screen.document(document | error_document(error))
    else:
        screen.error(error)
    return error.exit_code


def failure_of(outcome: Outcome, done: str = "added") -> DeployerError | None:
    """Return what could not be done as one error; None: all was done.

    Args:
        outcome: Of the run.
        done: What it does to people, as a participle.
    """
    if not outcome.failures:
        return None
    first = outcome.failures[0].error
    shown = outcome.failures[:_NAMED_FAILURES]
    lines = [
        f"{each.name}: {': '.join(filter(None, (each.error.message, each.error.cause)))}"
        for each in shown
    ]
    if rest := len(outcome.failures) - len(shown):
        lines.append(f"and {rest} more")
    hints = dict.fromkeys(each.error.hint for each in shown if each.error.hint)
    count = len(outcome.failures)
    error = RefusedError(
        f"{count} {'people' if count > 1 else 'person'} could not be {done}",
        cause="\n".join(lines),
        hint="\n".join((*hints, "then run the same command again: it goes on from here")),
    )
    error.exit_code = first.exit_code  # type: ignore[misc]
    return error
