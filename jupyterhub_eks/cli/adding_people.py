"""Add people to a deployment: what is left to do, by which invitation, and how far."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from jupyterhub_eks.cli.console.users import PeopleProgress
from jupyterhub_eks.cli.people_runs import Finished, password_file
from jupyterhub_eks.errors import RefusedError, UsageError
from jupyterhub_eks.people.journal import find_journal, new_journal
from jupyterhub_eks.people.planning import additions
from jupyterhub_eks.people.running import Outcome, Work, run

if TYPE_CHECKING:
    from collections.abc import Sized
    from pathlib import Path

    from jupyterhub_eks.cli.asked_people import Request
    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.cli.people import People
    from jupyterhub_eks.people.model import Addition, Person


def left_to_do(people: People, persons: tuple[Person, ...]) -> tuple[Addition, ...]:
    """Return what is left to do for each person."""
    return additions(persons, people.directory.accounts())


def carry_out(
    people: People,
    request: Request,
    wanted: tuple[Addition, ...],
    persons: tuple[Person, ...],
    screen: Screen,
    folder: Path,
) -> Finished:
    """Do what is left to do.

    Args:
        people: Of the deployment.
        request: What was asked.
        wanted: What is left to do for each person.
        persons: Who was asked for.
        screen: Where the progress is shown.
        folder: Where reports of runs are kept.

    Raises:
        UsageError: Passwords or e-mails are asked of a login that has none, or are missing.
        RefusedError: More e-mails are needed than can be sent, or a file is there already.
    """
    asked = {
        "command": "add",
        "people": [asdict(person) for person in persons],
        "by_file": request.passwords is not None,
    }
    known = find_journal(folder, asked)
    if known is None and all(each.is_nothing for each in wanted):
        names = tuple(each.name for each in wanted)
        return Finished(outcome=Outcome(unchanged=names), report=None)
    check_invitation(people, request, wanted)
    gives = request.passwords is not None and any(e.create or e.admit for e in wanted)
    if known and gives and not known.passwords:
        known.end()  # it gave nobody a password, and what it left is done by this run
        known = None
    file = password_file(request.passwords, known, people.typed) if gives or known else None
    journal = known or new_journal(folder, asked, str(file.path) if file else "")
    if journal.resumed:
        screen.notes(f"going on with a run that did not end: {len(journal.done)} are done")
    work = Work(
        directory=people.directory,
        journal=journal,
        passwords=file,
        length=people.password_length,
    )
    with PeopleProgress(screen, "adding people") as progress:
        outcome = run(work, wanted, tell=progress.told)
    created = [each for each in wanted if each.create and each.name in outcome.done]
    return Finished(
        outcome=outcome,
        report=journal.path,
        passwords=journal.passwords,
        e_mails=e_mails(people, request, created),
        is_resumed=journal.resumed,
    )


def e_mails(people: People, request: Request, created: Sized) -> int:
    """Return how many e-mails the login sends when these accounts are made."""
    is_sent = request.passwords is None and people.e_mails_a_day != 0
    return len(created) if is_sent else 0


def check_invitation(people: People, request: Request, wanted: tuple[Addition, ...]) -> None:
    """Refuse a way to let people know that this login does not have; arguments as above."""
    new = [each for each in wanted if each.create or each.admit]
    if not people.gives_passwords:
        if request.invite or request.passwords:
            raise UsageError(
                f"login `{people.auth.type}` gives nobody a password",
                cause="people log in with what the provider, or the shared password, lets them",
                hint="leave --invite and --passwords out",
            )
        return
    if request.passwords or not new:
        return
    most = people.e_mails_a_day
    if most == 0:
        raise UsageError(
            "how do new people get a password?",
            cause=f"login `{people.auth.type}` sends no e-mails",
            hint="have passwords for one login written to a file: --passwords FILE",
        )
    invited = [each for each in new if each.create]
    if most is not None and len(invited) > most:
        raise RefusedError(
            f"{len(invited)} people are new, and Cognito itself sends {most} e-mails a day",
            hint="have passwords for one login written to a file (--passwords FILE), let the "
            "pool send by SES, or add fewer at a time",
        )
