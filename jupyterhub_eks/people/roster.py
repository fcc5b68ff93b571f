"""Make people of a CSV file or of names on the command line, all faults at once. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.people.model import Person
from jupyterhub_eks.people.names import fault_of_group
from jupyterhub_eks.people.table import read_table
from jupyterhub_eks.problems import Problem
from jupyterhub_eks.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from jupyterhub_eks.people.names import NameRules
    from jupyterhub_eks.people.table import Row

_YES: Final = frozenset({"yes", "y", "true", "1", "x"})
_NO: Final = frozenset({"", "no", "n", "false", "0", "-"})


@dataclass(frozen=True, kw_only=True)
class Roster:
    """Who was listed.

    Attributes:
        people: Each once.
        notes: What was passed over.
        places: Where each name stands, as ``file:line``; nothing for those of a command line.
    """

    people: tuple[Person, ...]
    notes: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Listed:
    """People while they are gathered, with the place at which each stands."""

    rules: NameRules
    known_groups: Collection[str] | None
    people: dict[str, tuple[Person, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def fault(self, message: str, *, file: str = "", line: int = 0, hint: str = "") -> None:
        self.problems.append(Problem(path="", message=message, hint=hint, file=file, line=line))

    def add(self, person: Person, *, file: str = "", line: int = 0) -> None:
        """Take somebody, unless there is something wrong."""
        before = len(self.problems)
        if fault := self.rules.fault(person.name):
            self.fault(fault, file=file, line=line)
        for group in person.groups:
            if fault := fault_of_group(group):
                self.fault(fault, file=file, line=line)
            elif self.known_groups is not None and group not in self.known_groups:
                hint = did_you_mean(group, sorted(self.known_groups))
                self.fault(f"there is no group {group!r}", file=file, line=line, hint=hint)
        if len(self.problems) > before:
            return
        place = f"{file}:{line}" if line else ""
        former, at = self.people.setdefault(person.name, (person, place))
        if former is person:
            return
        if former != person:
            hint = "Keep one of the rows, with all groups."
            self.fault(
                f"{person.name} stands in {at} too, with other groups or another `admin`",
                file=file,
                line=line,
                hint=hint,
            )
        elif place:
            self.notes.append(f"{place}: {person.name} stands in {at} already")

    def roster(self, where: str) -> Roster:
        if self.problems:
            raise ConfigError(self.problems, where)
        return Roster(
            people=tuple(person for person, _ in self.people.values()),
            notes=tuple(self.notes),
            places={name: place for name, (_, place) in self.people.items() if place},
        )


def from_names(
    names: Sequence[str],
    rules: NameRules,
    *,
    groups: Iterable[str] = (),
    admin: bool = False,
    known_groups: Collection[str] | None = None,
) -> Roster:
    """Return people who were named on the command line.

    Args:
        names: Their names.
        rules: What names of the login are like.
        groups: Groups for all of them.
        admin: Whether they are to be administrators.
        known_groups: Groups that there are; None: any.

    Raises:
        ConfigError: A name or a group is not possible; carries every fault.
    """
    listed = _Listed(rules, known_groups)
    joined = tuple(dict.fromkeys(groups))
    for name in names:
        listed.add(Person(name=rules.written(name), groups=joined, admin=admin))
    return listed.roster("the names")


def from_csv(
    content: bytes,
    file: str,
    rules: NameRules,
    *,
    groups: Iterable[str] = (),
    admin: bool = False,
    known_groups: Collection[str] | None = None,
) -> Roster:
    """Return people whom a file lists.

    Args:
        content: Of the file.
        file: As the user named it.
        rules: What names of the login are like.
        groups: Further groups for all of them.
        admin: Whether all are to be administrators.
        known_groups: Groups that there are; None: any.

    Raises:
        ConfigError: Something is wrong with the file; carries every fault with its line.
    """
    table = read_table(content, file)
    listed = _Listed(rules, known_groups, problems=table.problems)
    for row in table.rows:
        asked = row.cells.get("admin", "").lower()
        if asked not in _YES | _NO:
            message = f"`admin` is {asked!r}"
            listed.fault(message, file=file, line=row.line, hint="Write `yes` or `no`.")
        own = re.split(r"[;,|]", row.cells.get("groups", ""))
        joined = [each.strip() for each in own if each.strip()]
        person = Person(
            name=rules.written(_name(row, rules)),
            groups=tuple(dict.fromkeys((*joined, *groups))),
            admin=admin or asked in _YES,
        )
        listed.add(person, file=file, line=row.line)
    if not table.rows and not listed.problems:
        listed.fault("the file lists nobody", file=file)
    listed.problems.sort(key=lambda each: each.line)
    return listed.roster(file)


def _name(row: Row, rules: NameRules) -> str:
    order = ("email", "name") if rules.are_addresses else ("name", "email")
    return next((found for column in order if (found := row.cells.get(column))), "")
