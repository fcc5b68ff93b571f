"""Many people at once: killed, refused, gone on with."""

from __future__ import annotations

import json
import stat
import threading
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.errors import PreflightError, RefusedError, StateError
from jupyterhub_eks.people.journal import find_journal, new_journal
from jupyterhub_eks.people.model import Account, Addition, Person
from jupyterhub_eks.people.passwords import PasswordFile, generate
from jupyterhub_eks.people.planning import additions
from jupyterhub_eks.people.running import Outcome, Work, reset, run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ASKED = {"command": "add", "people": ["everybody"]}
PEOPLE = tuple(Person(name=f"student{number}", groups=("g",)) for number in range(500))


class Killed(BaseException):
    """The process has ended here."""


class Book:
    """A directory in memory, which notes who was made and given what."""

    def __init__(self) -> None:
        self.known: dict[str, Account] = {}
        self.passwords: dict[str, str | None] = {}
        self.made: list[str] = []
        self.resets: list[str] = []
        self.most_at_once = 0
        self.killed_after = -1
        self.refused: set[str] = set()
        self._at_once = 0
        self._lock = threading.Lock()

    def accounts(self) -> Mapping[str, Account]:
        """Return who is there."""
        return dict(self.known)

    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Return none."""
        return {}

    def add(self, addition: Addition, password: str | None) -> None:
        """Note it; refuse, or end the process, where that is wanted."""
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        if addition.name in self.refused:
            self._leave()
            raise PreflightError("no", cause="not this one")
        if addition.create:
            self.made.append(addition.name)
        self.passwords[addition.name] = password or self.passwords.get(addition.name)
        self.known[addition.name] = Account(name=addition.name, groups=addition.join)
        self._leave()
        if len(self.made) == self.killed_after:
            self.killed_after = -1
            raise Killed

    def _leave(self) -> None:
        with self._lock:
            self._at_once -= 1

    def remove(self, name: str) -> bool:
        """Forget somebody."""
        return bool(self.known.pop(name, None))

    def reset(self, name: str, password: str | None) -> str:
        """Note it; refuse, or end the process, where that is wanted."""
        if name in self.refused:
            raise RefusedError("no", cause="not this one")
        self.passwords[name] = password
        with self._lock:
            self.resets.append(name)
            killed = len(self.resets) == self.killed_after
        if killed:
            self.killed_after = -1
            raise Killed
        return "has a new password"


def go(book: Book, folder: Path, people: tuple[Person, ...] = PEOPLE) -> Outcome:
    """Run, or go on, as the command does."""
    journal, path = find_journal(folder, ASKED), folder / "passwords.csv"
    if journal:
        file = PasswordFile.reopen(path)
    else:
        folder.mkdir(exist_ok=True)
        file = PasswordFile.create(path)
        journal = new_journal(folder, ASKED, str(path))
    work = Work(directory=book, journal=journal, passwords=file)
    told: list[Any] = []
    outcome = run(work, additions(people, book.accounts()), tell=lambda *each: told.append(each))
    assert len(told) == len(outcome.done) + len(outcome.failures)
    return outcome


def test_killed_and_gone_on_with(tmp_path: Path) -> None:
    """Everybody is made once, and has the password that stands in the file to the end."""
    book, folder = Book(), tmp_path / "users"
    book.killed_after = 217
    with pytest.raises(Killed):
        go(book, folder)
    assert 217 <= len(book.made) < 500
    outcome = go(book, folder)
    assert sorted(book.made) == sorted(each.name for each in PEOPLE)
    assert not outcome.failures
    lines = (folder / "passwords.csv").read_text().splitlines()
    written = dict(line.split(",") for line in lines[1:])
    assert len(lines) == 501
    assert written == book.passwords
    assert find_journal(folder, ASKED) is None
    assert book.most_at_once <= 4
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (report,) = folder.glob("*.jsonl")
    assert not any(password in report.read_text() for password in written.values())


def test_lines_that_were_cut_are_no_lines(tmp_path: Path) -> None:
    """A run that was killed while it wrote is gone on with from the last whole line."""
    book, folder = Book(), tmp_path / "users"
    book.killed_after = 3
    with pytest.raises(Killed):
        go(book, folder)
    (report,) = folder.glob("*.jsonl")
    for path in (report, folder / "passwords.csv"):
        with path.open("a") as stream:
            stream.write('{"name": "stud' if path is report else "student499,abc")
    go(book, folder)
    for line in report.read_text().splitlines():
        assert line == '{"name": "stud' or json.loads(line)
    assert book.passwords["student499"] not in {None, "abc"}


def test_second_run_does_nothing(tmp_path: Path) -> None:
    """Whoever is there as wanted is left alone, password included."""
    book = Book()
    go(book, tmp_path / "one")
    before = dict(book.passwords)
    outcome = go(book, tmp_path / "two")
    assert (outcome.done, len(outcome.unchanged)) == ({}, 500)
    assert book.passwords == before


def test_failure_is_told_and_tried_again(tmp_path: Path) -> None:
    """One who is refused does not keep the others, and is done by the next run."""
    book, folder = Book(), tmp_path / "users"
    book.refused = {"student7"}
    outcome = go(book, folder)
    assert [each.name for each in outcome.failures] == ["student7"]
    assert len(book.made) == 499
    book.refused = set()
    assert list(go(book, folder).done) == ["student7"]


def test_what_fails_for_all_is_not_tried_for_all(tmp_path: Path) -> None:
    """After some failures in a row the run gives up, and says who was not tried."""
    book = Book()
    book.refused = {each.name for each in PEOPLE}
    outcome = go(book, tmp_path / "users")
    assert len(outcome.failures) < 10
    assert len(outcome.failures) + len(outcome.left) == 500


def test_existing_person_keeps_the_password_when_a_run_is_gone_on_with(tmp_path: Path) -> None:
    """Only whoever was about to get a password of the killed run gets one by the next."""
    book, folder = Book(), tmp_path / "users"
    book.known["student0"] = Account(name="student0")
    book.passwords["student0"] = "own"
    book.killed_after = 2
    with pytest.raises(Killed):
        go(book, folder)
    go(book, folder)
    assert book.passwords["student0"] == "own"


def test_what_is_left_to_do() -> None:
    """Groups are added and never taken; who is an administrator stays one."""
    known = {
        "ann": Account(name="ann", groups=("a", "z"), admin=True),
        "bob": Account(name="bob", is_in=False),
    }
    wanted = (
        Person(name="ann", groups=("a", "b")),
        Person(name="bob", admin=True),
        Person(name="new", groups=("a",), admin=True),
    )
    assert additions(wanted, known) == (
        Addition(name="ann", join=("b",)),
        Addition(name="bob", admit=True, promote=True),
        Addition(name="new", create=True, join=("a",), promote=True),
    )
    assert additions(wanted[:1], {"ann": Account(name="ann", groups=("a", "b"))})[0].is_nothing


def test_passwords_are_never_written_over(tmp_path: Path) -> None:
    """A file that is there stays, whatever it is; links are not followed."""
    path = tmp_path / "passwords.csv"
    path.write_text("mine")
    (tmp_path / "link.csv").symlink_to(tmp_path / "elsewhere")
    for taken in (path, tmp_path / "link.csv"):
        with pytest.raises(RefusedError):
            PasswordFile.create(taken)
    assert path.read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()
    with pytest.raises(StateError):
        PasswordFile.create(tmp_path / "no" / "folder.csv")


def test_generated_passwords() -> None:
    """Each has small and large letters, a digit and a sign, and no other is like it."""
    found = {generate(length) for length in range(8, 108)}
    assert len(found) == 100
    for password in found:
        kinds = (str.islower, str.isupper, str.isdigit, lambda each: not each.isalnum())
        assert all(any(kind(each) for each in password) for kind in kinds)
        assert password[0].isalpha()
        assert len(password) >= 20


def reset_all(book: Book, folder: Path, names: tuple[str, ...]) -> Outcome:
    """Reset, or go on, as the command does."""
    journal, path = find_journal(folder, ASKED), folder / "new.csv"
    folder.mkdir(exist_ok=True)
    file = PasswordFile.reopen(path) if journal else PasswordFile.create(path)
    journal = journal or new_journal(folder, ASKED, str(path))
    return reset(Work(directory=book, journal=journal, passwords=file), names, tell=lambda *_: None)


def test_killed_reset_is_gone_on_with(tmp_path: Path) -> None:
    """Whom the killed run was done with keeps that password; each in the file is the right one."""
    book, folder = Book(), tmp_path / "users"
    names = tuple(each.name for each in PEOPLE[:60])
    book.killed_after = 31
    with pytest.raises(Killed):
        reset_all(book, folder, names)
    finished = set(book.passwords)
    outcome = reset_all(book, folder, names)
    written = dict(line.split(",") for line in (folder / "new.csv").read_text().splitlines()[1:])
    assert written == book.passwords
    assert sorted(written) == sorted(names)
    assert set(outcome.unchanged) < finished
    assert sorted((*outcome.unchanged, *outcome.done)) == sorted(names)
    assert all(book.resets.count(name) == 1 for name in outcome.unchanged)
    assert stat.S_IMODE((folder / "new.csv").stat().st_mode) == 0o600
    assert find_journal(folder, ASKED) is None


def test_reset_that_is_refused_for_one_is_done_for_the_others(tmp_path: Path) -> None:
    """The next run tries that one again, and no other."""
    book, folder = Book(), tmp_path / "users"
    book.refused = {"student1"}
    names = ("student0", "student1", "student2")
    assert [each.name for each in reset_all(book, folder, names).failures] == ["student1"]
    book.refused = set()
    assert list(reset_all(book, folder, names).done) == ["student1"]
    assert sorted(book.resets) == sorted(names)
