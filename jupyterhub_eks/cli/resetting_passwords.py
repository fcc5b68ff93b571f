"""New passwords for people who are there: who, where they go, and how far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.cli.asked_people import content_of
from jupyterhub_eks.cli.console.users import PeopleProgress
from jupyterhub_eks.cli.people_runs import Finished, password_file
from jupyterhub_eks.errors import ConfigError, RefusedError, UsageError
from jupyterhub_eks.people.journal import find_journal, new_journal
from jupyterhub_eks.people.roster import Roster, from_csv, from_names
from jupyterhub_eks.people.running import Work, reset

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.cli.people import People
    from jupyterhub_eks.people.names import NameRules
    from jupyterhub_eks.problems import Problem

_NAMED_UNKNOWN = 10


@dataclass(frozen=True, kw_only=True)
class Reset:
    """Who is to have a new password, and where it goes.

    Attributes:
        names: Names on the command line.
        csv: File that lists people.
        passwords: File for the passwords; None: they are sent.
    """

    names: tuple[str, ...] = ()
    csv: Path | None = None
    passwords: Path | None = None


def listed(request: Reset, rules: NameRules) -> dict[str, str]:
    """Return who is meant, each once, with the place in the file.

    Raises:
        ConfigError: A name is not possible; carries every fault.
        UsageError: Nobody is named, or the file cannot be read.
    """
    if not (request.names or request.csv):
        raise UsageError("who is to have a new password?", hint="give names, or a file with --csv")
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for read in _sources(request, rules):
        try:
            roster = read()
        except ConfigError as error:
            problems += error.problems
            continue
        for each in roster.people:
            found.setdefault(each.name, roster.places.get(each.name, ""))
    if problems:
        raise ConfigError(problems, str(request.csv) if request.csv else "the names")
    return found


def _sources(request: Reset, rules: NameRules) -> Iterator[Callable[[], Roster]]:
    csv = request.csv
    if request.names:
        yield lambda: from_names(request.names, rules)
    if csv:
        yield lambda: from_csv(content_of(csv), str(csv), rules)


def check_reset(people: People, request: Reset, places: dict[str, str]) -> None:
    """Refuse what this login cannot do, before anybody has a new password.

    Args:
        people: Of the deployment.
        request: What was asked.
        places: Who is meant, and where each stands.

    Raises:
        UsageError: Nothing says where the passwords go.
        RefusedError: The login keeps none, somebody is not there, or too many e-mails are needed.
    """
    if not people.gives_passwords:
        raise RefusedError(
            f"login `{people.auth.type}` keeps no passwords of users",
            hint="they are reset where they are kept: at the provider of the login",
        )
    most = people.e_mails_a_day
    if request.passwords is None and most == 0:
        raise UsageError(
            f"where {'is the new password' if len(places) == 1 else 'are new passwords'} to go?",
            cause=f"login `{people.auth.type}` sends no e-mails",
            hint="--passwords FILE",
        )
    _refuse_unknown(people, places, people.directory.accounts())
    if request.passwords is None and most is not None and len(places) > most:
        raise RefusedError(
            f"{len(places)} e-mails are needed, and Cognito itself sends {most} a day",
            hint="have passwords for one login written to a file (--passwords FILE), let the "
            "pool send by SES, or reset fewer at a time",
        )


def _refuse_unknown(people: People, places: dict[str, str], known: Collection[str]) -> None:
    unknown = [name for name in places if name not in known]
    if not unknown:
        return
    lines = [": ".join(filter(None, (places[name], name))) for name in unknown[:_NAMED_UNKNOWN]]
    if rest := len(unknown) - len(lines):
        lines.append(f"and {rest} more")
    is_one = len(unknown) == 1 and not places[unknown[0]]
    raise RefusedError(
        f"there is no user {unknown[0]!r}"
        if len(unknown) == 1
        else f"{len(unknown)} of {len(places)} are no users",
        cause="" if is_one else "\n".join(lines),
        hint=f"{people.typed('users list')} shows who there is",
    )


def reset_passwords(people: People, request: Reset, screen: Screen, folder: Path) -> Finished:
    """Give people new passwords, or have them sent.

    Args:
        people: Of the deployment.
        request: Who, and where the passwords go.
        screen: Where the progress is shown.
        folder: Where reports of runs are kept.

    Raises:
        ConfigError: A name is not possible.
        UsageError: Nobody is named, or nothing says where the passwords go.
        RefusedError: It cannot be done here, or a file is there already.
    """
    places = listed(request, people.rules)
    check_reset(people, request, places)
    names = tuple(places)
    asked = {
        "command": "reset-password",
        "people": sorted(names),
        "by_file": request.passwords is not None,
    }
    known = find_journal(folder, asked)
    file = password_file(request.passwords, known, people.typed)
    journal = known or new_journal(folder, asked, str(file.path) if file else "")
    if journal.resumed:
        screen.notes(
            f"going on with a run that did not end: {len(journal.done)} are done; remove "
            f"{journal.path} to begin anew"
        )
    work = Work(
        directory=people.directory, journal=journal, passwords=file, length=people.password_length
    )
    with PeopleProgress(screen, "resetting passwords") as progress:
        outcome = reset(work, names, tell=progress.told)
    return Finished(
        outcome=outcome,
        report=journal.path,
        passwords=journal.passwords,
        e_mails=0 if request.passwords else len(outcome.done),
        is_resumed=journal.resumed,
    )
