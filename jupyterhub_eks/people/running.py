"""Do what is left to do for many people: a few at a time, each noted before and after."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jupyterhub_eks.people.journal import Journal
    from jupyterhub_eks.people.model import Addition, Directory
    from jupyterhub_eks.people.passwords import PasswordFile

AT_ONCE: Final = 4
# What fails for so many in a row fails for all.
_FAILURES_IN_A_ROW: Final = 5


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Somebody for whom it could not be done, and why."""

    name: str
    error: DeployerError


@dataclass
class Outcome:
    """What a run has come to.

    Attributes:
        done: What was done, by name.
        unchanged: Who was as wanted already, or was done by the run that is gone on with.
        failures: What could not be done.
        left: Who was not begun with, as the run gave up.
    """

    done: dict[str, str] = field(default_factory=dict)
    unchanged: tuple[str, ...] = ()
    failures: list[Failure] = field(default_factory=list)
    left: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a run works with.

    Attributes:
        directory: Where accounts are kept.
        journal: What has been done.
        passwords: Where passwords of new accounts go; None: no password is given.
        length: Characters of a password.
        at_once: How many people at the same time.
    """

    directory: Directory
    journal: Journal
    passwords: PasswordFile | None = None
    length: int = 0
    at_once: int = AT_ONCE

    def needs_password(self, addition: Addition) -> bool:
        """Whether somebody is to have a password that nobody has been given."""
        name, journal = addition.name, self.journal
        # The last run may have made the account, and not have come to its password.
        interrupted = name in journal.given and name not in journal.done
        return self.passwords is not None and (addition.create or addition.admit or interrupted)


@dataclass(frozen=True, kw_only=True)
class _Task:
    """What is done for one person.

    Attributes:
        name: Who.
        gives: Whether a password goes with it.
        do: Does it, with that password, and returns what was done.
    """

    name: str
    gives: bool
    do: Callable[[str | None], str]


def run(
    work: Work, wanted: Sequence[Addition], *, tell: Callable[[str, int, int], None]
) -> Outcome:
    """Do all that is left to do until people are there as wanted.

    Args:
        work: What to work with.
        wanted: What is left to do for each person.
        tell: Told of each person who is done or failed, how many are, and of how many.
    """
    to_do = {
        each.name: _Task(
            name=each.name, gives=work.needs_password(each), do=partial(_add, work.directory, each)
        )
        for each in wanted
        if not each.is_nothing or work.needs_password(each)
    }
    outcome = Outcome(unchanged=tuple(each.name for each in wanted if each.name not in to_do))
    _perform(work, tuple(to_do.values()), outcome, tell)
    return outcome


def reset(work: Work, names: Sequence[str], *, tell: Callable[[str, int, int], None]) -> Outcome:
    """Give people new passwords, or have them sent; whom a killed run was done with is left alone.

    Args:
        work: What to work with.
        names: Who; each has an account.
        tell: As above.
    """
    done = work.journal.done
    outcome = Outcome(unchanged=tuple(name for name in names if name in done))
    gives = work.passwords is not None
    tasks = tuple(
        _Task(name=name, gives=gives, do=partial(work.directory.reset, name))
        for name in names
        if name not in done
    )
    _perform(work, tasks, outcome, tell)
    return outcome


def _add(directory: Directory, addition: Addition, password: str | None) -> str:
    directory.add(addition, password)
    return addition.words if not addition.is_nothing else "given a password again"


def _perform(
    work: Work, tasks: Sequence[_Task], outcome: Outcome, tell: Callable[[str, int, int], None]
) -> None:
    waiting, in_a_row = iter(tasks), 0
    with ThreadPoolExecutor(work.at_once) as pool:
        running: dict[Future[str], _Task] = {}
        try:
            while _fill(pool, work, running, waiting, in_a_row):
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    name = running.pop(future).name
                    in_a_row = _settle(work, outcome, name, future, in_a_row)
                    tell(name, len(outcome.done) + len(outcome.failures), len(tasks))
        finally:
            for future in running:
                future.cancel()
    outcome.left = tuple(each.name for each in waiting)
    if not (outcome.failures or outcome.left):
        work.journal.end()


def _fill(
    pool: ThreadPoolExecutor,
    work: Work,
    running: dict[Future[str], _Task],
    waiting: Iterator[_Task],
    in_a_row: int,
) -> bool:
    """Begin with as many as may be; return whether there is anything to wait for."""
    while len(running) < work.at_once and in_a_row < _FAILURES_IN_A_ROW:
        task = next(waiting, None)
        if task is None:
            break
        password = None
        if work.passwords and task.gives:
            password = work.passwords.password(task.name, work.length)
        work.journal.begin(task.name, gives=password is not None)
        running[pool.submit(task.do, password)] = task
    return bool(running)


def _settle(work: Work, outcome: Outcome, name: str, future: Future[str], in_a_row: int) -> int:
    """Note what has become of somebody; return how many have failed in a row."""
    try:
        words = future.result()
    except DeployerError as error:
        outcome.failures.append(Failure(name=name, error=error))
        work.journal.fail(name, f"{error.message}: {error.cause}".rstrip(": "))
        return in_a_row + 1
    outcome.done[name] = words
    work.journal.finish(name, words)
    return 0
