"""``jhub users add --dry-run``: check what is asked, then look who is there, if that can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.cli.adding_people import check_invitation, e_mails
from jupyterhub_eks.cli.asked_people import asked, tell_if_open, who
from jupyterhub_eks.cli.login_rules import login_of
from jupyterhub_eks.cli.people import open_people
from jupyterhub_eks.errors import ConfigError, DeployerError, UsageError
from jupyterhub_eks.people.planning import additions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.cli.asked_people import Request
    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.cli.people import People
    from jupyterhub_eks.cli.project import Project
    from jupyterhub_eks.people.model import Account, Addition, Person


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """What a request would come to.

    Attributes:
        persons: Who was asked for; nothing is wrong with them.
        wanted: What would be done for each; None: it is not known who is there already.
        e_mails: How many Cognito would send; None: not known.
        unreached: Why it is not known who is there; None: it is known.
        checks_groups: Whether it is known that there are all groups.
        refused: What the same command without ``--dry-run`` would be refused for.
    """

    persons: tuple[Person, ...]
    wanted: tuple[Addition, ...] | None = None
    e_mails: int | None = None
    unreached: DeployerError | None = None
    checks_groups: bool = True
    refused: DeployerError | None = None


def rehearse(project: Project, request: Request, screen: Screen) -> Rehearsal:
    """Return what a request would come to.

    What is asked is checked before anything is reached, so that a list can be checked anywhere.

    Raises:
        ConfigError: Something is wrong with the list; carries every fault.
        UsageError: The list cannot be read, or what is asked cannot be done here.
    """
    login = login_of(project)
    try:
        persons = who(login, request, screen)
    except ConfigError as error:
        if login.groups is None:
            _raise_all(project, request, screen, error)
        raise
    tell_if_open(login, request, persons, screen)
    try:
        with open_people(project, screen.notes) as people:
            known = people.directory.accounts()
    except UsageError:
        raise
    except DeployerError as error:
        return Rehearsal(persons=persons, unreached=error, checks_groups=login.groups is not None)
    return rehearsed(people, request, known)


def _raise_all(project: Project, request: Request, screen: Screen, found: ConfigError) -> None:
    """Look for wrong groups too in what has faults, where the user pool can be asked.

    Raises:
        ConfigError: With all faults; those that were found already, if it cannot be asked.
    """
    try:
        with open_people(project, screen.notes) as people:
            asked(people, request)
    except ConfigError:
        raise
    except DeployerError:
        raise found from None


def rehearsed(people: People, request: Request, known: Mapping[str, Account]) -> Rehearsal:
    """Return what a request would come to where these accounts are; raises as above."""
    persons = asked(people, request).people
    wanted = additions(persons, known)
    refused = None
    try:
        check_invitation(people, request, wanted)
    except DeployerError as error:
        refused = error
    names = [each.name for each in wanted if each.create]
    return Rehearsal(
        persons=persons, wanted=wanted, e_mails=e_mails(people, request, names), refused=refused
    )
