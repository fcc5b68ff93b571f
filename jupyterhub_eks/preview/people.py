"""Who is to log in to the previewed hub, as the command line or a file names them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import ConfigError, UsageError
from jupyterhub_eks.people.model import Person as Listed
from jupyterhub_eks.people.names import NameRules, fault_of_group
from jupyterhub_eks.people.roster import from_csv
from jupyterhub_eks.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

OPTION: Final = "--as"
_RULES: Final = NameRules("the preview")
_HEADER: Final = b"name,groups\n"
_TITLES: Final = frozenset({"name", "username", "user", "email", "mail", "login", "e-mail"})
_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, kw_only=True)
class Person(Listed):
    """Somebody who can log in to the previewed hub, or is to be refused by it.

    Attributes:
        about: What they are there for, in a few words; empty if the user named them.
    """

    about: str = ""


def parse_people(texts: Iterable[str]) -> tuple[Person, ...]:
    """Return whom ``--as NAME[:group,…]`` names, each option one of them.

    Args:
        texts: Values of the option.

    Raises:
        ConfigError: A name or a group is not possible; carries every fault.
    """
    people: dict[str, Person] = {}
    problems: list[Problem] = []
    for text in texts:
        name, _, listed = text.partition(":")
        groups = tuple(dict.fromkeys(filter(None, (each.strip() for each in listed.split(",")))))
        person = Person(name=_RULES.written(name), groups=_unrooted(groups))
        faults = _faults(person)
        if person.name in people:
            faults.append(f"{person.name} is named twice")
        problems += [_problem(fault, text) for fault in faults]
        people[person.name] = person
    if problems:
        raise ConfigError(problems, "the people of the preview")
    return tuple(people.values())


def read_people(file: Path) -> tuple[Person, ...]:
    """Return whom a file names: CSV with ``name,groups``, or one name a line.

    Several groups are joined by semicolons. A first row of titles may be left out.

    Raises:
        UsageError: The file cannot be read.
        ConfigError: Something in it is wrong; carries every fault with its line.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(
            f"the list of people {file} cannot be read",
            cause=error.strerror or str(error),
            hint="give a CSV file with a name and its groups a line, such as `alice,users;ml`",
        ) from error
    plain = content.removeprefix(_MARK)
    first = plain.lstrip().partition(b"\n")[0].decode("utf-8", "replace").lower()
    titled = content.startswith((b"\xff\xfe", b"\xfe\xff")) or any(
        cell.strip(' "\r') in _TITLES for cell in first.replace(";", ",").split(",")
    )
    if titled:
        return _made(content, str(file), 0)
    return _made(_HEADER + plain, str(file), 1)


def _made(content: bytes, file: str, added: int) -> tuple[Person, ...]:
    """Return the people of a table, whose lines are told as those of the file."""
    try:
        found = from_csv(content, file, _RULES)
    except ConfigError as error:
        moved = [_moved(problem, added) for problem in error.problems]
        raise ConfigError(moved, error.where) from None
    joined = [each.name for each in found.people if set(":;") & set(each.name)]
    if joined:
        at = {name: int(place.rpartition(":")[2]) - added for name, place in found.places.items()}
        problems = [_joined(name, file, at[name]) for name in joined]
        raise ConfigError(problems, file)
    return tuple(
        Person(name=each.name, groups=_unrooted(each.groups), admin=each.admin)
        for each in found.people
    )


def _joined(name: str, file: str, line: int) -> Problem:
    return Problem(
        path="",
        message=f"{name!r} is no user name",
        hint="Put a comma between name and groups, and semicolons between groups.",
        file=file,
        line=line,
    )


def _moved(problem: Problem, lines: int) -> Problem:
    # Where else somebody stands is told in the words.
    others = re.compile(rf"(?<={re.escape(problem.file)}:)[0-9]+")
    return Problem(
        path=problem.path,
        message=others.sub(lambda found: str(int(found[0]) - lines), problem.message),
        hint=problem.hint,
        file=problem.file,
        line=max(problem.line - lines, 0),
    )


def _unrooted(groups: tuple[str, ...]) -> tuple[str, ...]:
    """Return groups as the hub knows them; Keycloak writes paths."""
    return tuple(group.removeprefix("/") for group in groups)


def _faults(person: Person) -> list[str]:
    return [
        fault for fault in (_RULES.fault(person.name), *map(fault_of_group, person.groups)) if fault
    ]


def _problem(message: str, text: str) -> Problem:
    hint = f"Write e.g. `{OPTION} alice:users,ml`, with the option once for each of them."
    return Problem(path="", message=f"{message} (`{text}`)", hint=hint, flag=OPTION)
