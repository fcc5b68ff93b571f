"""``jhub users``: who may log in, where the login of the deployment keeps them."""

from pathlib import Path
from shlex import quote
from typing import Annotated, Literal

import typer

from jupyterhub_eks.cli.adding_people import carry_out, left_to_do
from jupyterhub_eks.cli.asked_people import Request, asked, tell_if_open, who
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.console.users import (
    draw_accounts,
    draw_groups,
    draw_outcome,
    draw_rehearsal,
    rehearsal_document,
    said_of_e_mails,
)
from jupyterhub_eks.cli.home_archive import archive_home
from jupyterhub_eks.cli.login_rules import login_of
from jupyterhub_eks.cli.options import Output, Place, Sources, Yes
from jupyterhub_eks.cli.people import open_people
from jupyterhub_eks.cli.people_runs import Finished, close
from jupyterhub_eks.cli.project import Project, find_project
from jupyterhub_eks.cli.rehearsing import rehearse
from jupyterhub_eks.cli.removing_people import archive_cluster, end_at_hub, still_let_in
from jupyterhub_eks.cli.resetting_passwords import Reset, listed, reset_passwords
from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.errors import EXIT_OK, RefusedError, UsageError
from jupyterhub_eks.people.roster import from_names

Names = Annotated[list[str], typer.Argument(metavar="NAME", help="User names.")]
MaybeNames = Annotated[list[str] | None, typer.Argument(metavar="NAME", help="User names.")]
Csv = Annotated[
    Path | None,
    typer.Option(
        "--csv", metavar="FILE", help="Add those whom a file lists: name or email, groups, admin."
    ),
]
Listed = Annotated[
    Path | None,
    typer.Option("--csv", metavar="FILE", help="Those whom a file lists: name or email."),
]
Groups = Annotated[
    list[str] | None,
    typer.Option("--group", metavar="GROUP", help="Put them into this group; repeatable."),
]
Passwords = Annotated[
    Path | None,
    typer.Option(
        "--passwords",
        metavar="FILE",
        help="Write passwords for one login to this new file, which only you can read.",
    ),
]


def list_(*, sources: Sources, place: Place, output: Output) -> None:
    """List the users and their groups, and who never logged in."""
    screen, project = _begin(sources, place, output)
    with open_people(project, screen.notes) as people:
        accounts = sorted(people.directory.accounts().values(), key=lambda each: each.name)
    screen.result(draw_accounts(accounts, screen.terminal.width))
    screen.document({"users": accounts})


def add(  # noqa: PLR0913 - its options
    *,
    sources: Sources,
    place: Place,
    output: Output,
    names: MaybeNames = None,
    csv: Csv = None,
    group: Groups = None,
    admin: Annotated[bool, typer.Option("--admin", help="Make them administrators.")] = False,
    invite: Annotated[
        bool, typer.Option("--invite", help="Have Cognito send e-mails, which it does anyway.")
    ] = False,
    passwords: Passwords = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check the list, and only show what would be done.")
    ] = False,
) -> int:
    """Let people in, and put them into groups.

    Whoever is there already stays as they are, but for further groups.

    A run that was killed is gone on with by the same command.
    """
    request = Request(
        names=tuple(names or ()),
        csv=csv,
        groups=tuple(group or ()),
        admin=admin,
        invite=invite,
        passwords=passwords,
    )
    request.check()
    screen, project = _begin(sources, place, output)
    if dry_run:
        found = rehearse(project, request, screen)
        screen.result(draw_rehearsal(found, request, is_local=project.target == "local"))
        screen.document(rehearsal_document(found))
        return EXIT_OK
    login = login_of(project)
    if login.groups is not None:  # else the user pool knows more of what is wrong
        asked(login, request)
    with open_people(project, screen.notes) as people:
        persons = who(people, request, screen)
        tell_if_open(people, request, persons, screen)
        wanted = left_to_do(people, persons)
        folder = project.workspace.home / "users"
        added = carry_out(people, request, wanted, persons, screen, folder)
    return _close_add(screen, project, request, added)


def remove(
    *,
    sources: Sources,
    place: Place,
    output: Output,
    names: Names,
    home: Annotated[
        Literal["keep", "archive"],
        typer.Option("--home", help="Leave the home where it is, or move it to a folder apart."),
    ] = "keep",
    yes: Yes = False,
) -> None:
    """End the access, sessions and servers of users."""
    screen, project = _begin(sources, place, output)
    with open_people(project, screen.notes) as people:
        chosen = [each.name for each in from_names(names, people.rules).people]
        cluster = archive_cluster(project, screen) if home == "archive" else None
        _confirm(screen, project, chosen, yes=yes)
        removed = {name: people.directory.remove(name) for name in chosen}
        if isinstance(people.auth, CognitoAuth):
            end_at_hub(project, removed, screen)
        rules = {name: rule for name in chosen if (rule := still_let_in(people, name))}
    kept = {name: archive_home(cluster, name) for name in chosen} if cluster else {}
    for name, was_there in removed.items():
        said = "is removed" if was_there else "was not there"
        where = f"; home in {kept[name]}" if name in kept else ""
        screen.result([f"{name} {said}{where}"])
    for name, rule in rules.items():
        screen.notes(f"{name} is still let in by {rule}: add the name to auth.block, and deploy")
    listed = [
        {"name": name, "removed": was, "home": kept.get(name), "let_in_by": rules.get(name)}
        for name, was in removed.items()
    ]
    screen.document({"users": listed})


def groups(*, sources: Sources, place: Place, output: Output) -> None:
    """List the groups, and who is in which."""
    screen, project = _begin(sources, place, output)
    with open_people(project, screen.notes) as people:
        found = people.directory.groups()
    screen.result(draw_groups(found, screen.terminal.width))
    screen.document({"groups": dict(found)})


def reset_password(
    *,
    sources: Sources,
    place: Place,
    output: Output,
    names: MaybeNames = None,
    csv: Listed = None,
    passwords: Passwords = None,
) -> int:
    """Have new passwords sent, or write some to a file.

    Cognito sends them; those in a file are for one login. A run that was killed is gone on with
    by the same command.
    """
    screen, project = _begin(sources, place, output)
    request = Reset(names=tuple(names or ()), csv=csv, passwords=passwords)
    listed(request, login_of(project).rules)
    with open_people(project, screen.notes) as people:
        done = reset_passwords(people, request, screen, project.workspace.home / "users")
    many = "people have new passwords" if passwords else "people are sent e-mails"
    screen.result(draw_outcome(done.outcome, many=many, unchanged="done by the run before"))
    screen.result(said_of_e_mails(done.e_mails, is_local=project.target == "local"))
    return close(screen, done, "given new passwords")


def _begin(sources: Sources, place: Place, output: Output) -> tuple[Screen, Project]:
    screen = Screen(as_json=output.json)
    project = find_project(sources, place)
    screen.notes(*project.notes)
    return screen, project


def _close_add(screen: Screen, project: Project, request: Request, added: Finished) -> int:
    screen.result(draw_outcome(added.outcome))
    screen.result(said_of_e_mails(added.e_mails, is_local=project.target == "local"))
    if request.passwords and not added.passwords:
        whom = f"--csv {quote(str(request.csv))}" if request.csv else "NAME"
        command = project.typed(f"users reset-password {whom} --passwords FILE")
        screen.notes(
            "no file of passwords was made, as nobody is new; new passwords for those who are "
            f"there: {command}"
        )
    return close(screen, added, "added")


def _confirm(screen: Screen, project: Project, names: list[str], *, yes: bool) -> None:
    if yes:
        return
    if not screen.terminal.interactive:
        raise UsageError(
            "this takes the access of users, and there is no terminal to ask on",
            hint=project.typed(f"users remove {' '.join(map(quote, names))} --yes"),
        )
    answer = screen.ask(f"take the access of {', '.join(names)}? [y/N]")
    if answer.strip().lower() not in {"y", "yes"}:
        raise RefusedError("nobody was removed", cause="the answer was no")


ABOUT = "List, add and remove the users of the hub."
COMMANDS = (list_, add, remove, groups, reset_password)
