"""What is left to do until people are as wanted; nothing is done twice. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.people.model import Addition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyterhub_eks.people.model import Account, Person


def additions(people: Iterable[Person], known: Mapping[str, Account]) -> tuple[Addition, ...]:
    """Return for each person what is left to do; groups are added and never taken.

    Args:
        people: Who is wanted.
        known: Accounts that there are, by name.
    """
    return tuple(_addition(person, known.get(person.name)) for person in people)


def _addition(person: Person, account: Account | None) -> Addition:
    if account is None:
        return Addition(name=person.name, create=True, join=person.groups, promote=person.admin)
    return Addition(
        name=person.name,
        admit=not account.is_in,
        join=tuple(group for group in person.groups if group not in account.groups),
        promote=person.admin and not account.admin,
    )
