"""Users, groups, and what was done for many people, as lines of text."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from rich.cells import cell_len

from jupyterhub_eks.cli.console.moving_line import MovingLine
from jupyterhub_eks.cli.console.tables import draw_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from rich.text import Text

    from jupyterhub_eks.cli.asked_people import Request
    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.cli.rehearsing import Rehearsal
    from jupyterhub_eks.people.model import Account, Person
    from jupyterhub_eks.people.running import Outcome

# Of more, only the number is told.
_NAMED: Final = 20
_INDENT: Final = 2
_GAP: Final = 2
_SECONDS_BETWEEN_LINES: Final = 5.0


class PeopleProgress(MovingLine):
    """How many people are done: a moving line on a terminal, else a line now and then."""

    def __init__(
        self, screen: Screen, words: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(screen, words)
        self._lines = None if screen.terminal.live else screen
        self._clock = clock
        self._told_at = clock()

    def told(self, name: str, count: int, total: int) -> None:
        """Show how far it is."""
        self.say(f"{count} of {total}: {name}")
        now = self._clock()
        if self._lines and (now - self._told_at >= _SECONDS_BETWEEN_LINES or count == total):
            self._told_at = now
            self._lines.info(f"{count} of {total}")


def draw_accounts(accounts: Iterable[Account], width: int) -> Iterator[Text | str]:
    """Yield a line for each account."""
    rows = [
        (each.name, "admin" if each.admin else "", ", ".join(each.groups), each.state)
        for each in accounts
    ]
    if not rows:
        yield "no users"
        return
    yield from draw_table(rows, width, head=("user", "", "groups", "state"), left=(0, 1, 2, 3))


def draw_groups(groups: Mapping[str, Sequence[str]], width: int) -> Iterator[str]:
    """Yield a line for each group, and below it its members in columns, read downwards."""
    if not groups:
        yield "no groups"
    for name in sorted(groups):
        members = groups[name]
        yield f"{name} ({len(members)})"
        widest = max(map(cell_len, members), default=0)
        columns = max(1, (width - _INDENT + _GAP) // (widest + _GAP))
        rows = -(-len(members) // columns)
        for row in range(rows):
            padded = (each + " " * (widest + _GAP - cell_len(each)) for each in members[row::rows])
            yield f"{' ' * _INDENT}{''.join(padded)}".rstrip()


def draw_rehearsal(found: Rehearsal, request: Request, *, is_local: bool) -> Iterator[str]:
    """Yield what would be done for each person, or what was checked of them."""
    if found.wanted is not None:
        yield from (f"{each.name}: {each.words}" for each in found.wanted)
        yield from said_of_e_mails(found.e_mails or 0, is_local=is_local, would="would ")
    else:
        what = str(request.csv) if request.csv else "the names"
        yield f"{what}: {_counted(found.persons)}, and no fault"
    if found.unreached:
        why = ", ".join(filter(None, (found.unreached.message, found.unreached.cause)))
        yield f"who of them is there already is not known: {why}"
        if not found.checks_groups:
            yield "nor is it known whether the user pool has these groups"
    if found.refused:
        yield f"without --dry-run it would be refused: {found.refused.message}"
        yield from (f"do: {line}" for line in found.refused.hint.splitlines())


def rehearsal_document(found: Rehearsal) -> dict[str, Any]:
    """Return the same for ``--json``; ``what`` is null where it is not known who is there."""
    words = {each.name: each.words for each in found.wanted or ()}
    return {
        "people": [{"name": each.name, "what": words.get(each.name)} for each in found.persons],
        "e_mails": found.e_mails,
        "not_known": found.unreached.message if found.unreached else None,
        "refused": found.refused.message if found.refused else None,
    }


def said_of_e_mails(count: int, *, is_local: bool, would: str = "") -> Iterator[str]:
    """Yield how many e-mails Cognito sends; nothing if none."""
    if not count:
        return
    number = f"{count} e-mail{'s' if count > 1 else ''}"
    if is_local:
        yield f"on AWS, Cognito would send {number}; the embedded AWS sends none"
    else:
        yield f"Cognito {would}{'send' if would else 'sends'} {number}"


def _counted(persons: Sequence[Person]) -> str:
    groups = Counter(group for each in persons for group in each.groups)
    admins = sum(each.admin for each in persons)
    parts = [f"{len(persons)} {'people' if len(persons) > 1 else 'person'}"]
    parts += [f"{admins} administrator{'s' if admins > 1 else ''}"] if admins else []
    parts += [f"group {name} ({groups[name]})" for name in sorted(groups)]
    return ", ".join(parts)


def draw_outcome(
    outcome: Outcome, *, many: str = "people added", unchanged: str = "there already"
) -> Iterator[str]:
    """Yield what was done.

    Args:
        outcome: Of the run.
        many: What is said of more than are named, after their number.
        unchanged: What is said of those for whom nothing was done.
    """
    if len(outcome.done) <= _NAMED:
        yield from (f"{name}: {words}" for name, words in outcome.done.items())
    else:
        yield f"{len(outcome.done)} {many}"
    if outcome.unchanged:
        yield f"{len(outcome.unchanged)} {unchanged}"
    if outcome.left:
        yield f"{len(outcome.left)} not tried, as nothing went well any more"
