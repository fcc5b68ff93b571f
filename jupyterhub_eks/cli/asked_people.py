"""Who is to be added to a deployment, as the command line or a file says it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.errors import UsageError
from jupyterhub_eks.people.roster import Roster, from_csv, from_names

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.cli.login_rules import LoginRules
    from jupyterhub_eks.people.model import Person


@dataclass(frozen=True, kw_only=True)
class Request:
    """Who is to be added, and how.

    Attributes:
        names: Names on the command line.
        csv: File that lists people.
        groups: Groups for all of them.
        admin: Whether all are to be administrators.
        invite: Whether Cognito is to send e-mails, as was written.
        passwords: File for passwords of new accounts.
    """

    names: tuple[str, ...] = ()
    csv: Path | None = None
    groups: tuple[str, ...] = ()
    admin: bool = False
    invite: bool = False
    passwords: Path | None = None

    def check(self) -> None:
        """Refuse what contradicts itself.

        Raises:
            UsageError: It does.
        """
        if bool(self.names) == bool(self.csv):
            raise UsageError(
                "who is to be added?" if not self.names else "names and --csv were both given",
                hint="give names, or a file with --csv",
            )
        if self.invite and self.passwords:
            raise UsageError(
                "--invite and --passwords were both given",
                cause="whoever is invited by e-mail gets the password there",
            )


def who(login: LoginRules, request: Request, screen: Screen) -> tuple[Person, ...]:
    """Return who is to be added, with all groups, and tell what is remarkable.

    Raises:
        ConfigError: A name or a group is not possible.
        UsageError: The file cannot be read, or nobody can be made an administrator here.
    """
    roster = asked(login, request)
    screen.notes(*roster.notes)
    return roster.people


def tell_if_open(
    login: LoginRules, request: Request, persons: tuple[Person, ...], screen: Screen
) -> None:
    """Tell that nobody needs to be added, where that is so."""
    if login.is_open and not (request.groups or any(each.admin for each in persons)):
        screen.notes(
            "whoever has the shared password may enter: nobody needs to be added, unless "
            "`auth.allow` names who may"
        )


def asked(login: LoginRules, request: Request) -> Roster:
    """Return the same with what is remarkable, untold; raises the same."""
    how: dict[str, Any] = {
        "groups": request.groups,
        "admin": request.admin,
        "known_groups": login.groups,
    }
    if request.csv:
        roster = from_csv(content_of(request.csv), str(request.csv), login.rules, **how)
    else:
        roster = from_names(request.names, login.rules, **how)
    if login.refused_admin and any(each.admin for each in roster.people):
        raise UsageError(
            "nobody can be made an administrator by this command",
            cause=login.refused_admin,
            hint=f"write the names into auth.admins, then: {login.typed('deploy')}",
        )
    blocked = {login.rules.written(name) for name in login.auth.block}
    stay_out = (
        f"{each.name} is in auth.block, and stays out"
        for each in roster.people
        if each.name in blocked
    )
    placed = tuple(_placed(person, login) for person in roster.people)
    return replace(roster, people=placed, notes=(*roster.notes, *stay_out))


def content_of(path: Path) -> bytes:
    """Return what a file holds.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read", cause=error.strerror or str(error)) from error


def _placed(person: Person, login: LoginRules) -> Person:
    groups = person.groups or (() if person.admin else login.otherwise)
    return replace(person, groups=tuple(dict.fromkeys((*groups, *login.joins))))
