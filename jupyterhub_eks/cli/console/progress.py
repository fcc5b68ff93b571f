"""The state of a run, folded from its events; pure, so that tests need no terminal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, Protocol, assert_never

from jupyterhub_eks.orchestration.events import (
    Event,
    Note,
    RunStarted,
    StackDone,
    StackFailed,
    StackPhase,
    StackProgress,
    StackSkipped,
    StackStep,
    StackWaiting,
)

RowState = Literal[
    "idle", "waiting", "init", "plan", "apply", "done", "failed", "skipped", "stopped"
]
WORKING: Final = frozenset({"init", "plan", "apply"})
# A stack may have outputs only: ``dns`` has no record to make while there is no load balancer.
WITHOUT_COUNTS: Final = {"created": "nothing to create", "changed": "outputs changed"}


@dataclass
class Row:
    """One stack as it stands; times are seconds of a monotonic clock."""

    name: str
    depends_on: tuple[str, ...]
    state: RowState = "idle"
    waits_for: tuple[str, ...] = ()
    done: int = 0
    total: int = 0
    address: str = ""
    started: float | None = None
    seconds: float = 0.0
    result: str = ""
    added: int = 0
    changed: int = 0
    removed: int = 0
    not_installed: int = 0
    message: str = ""

    def elapsed(self, now: float) -> float | None:
        """Seconds this stack has taken, or nothing if it has not begun."""
        if self.state in WORKING and self.started is not None:
            return now - self.started
        return self.seconds or None


@dataclass
class RunView:
    """All stacks of the current run, in the order of their dependencies."""

    command: str = ""
    deployment: str = ""
    rows: dict[str, Row] = field(default_factory=dict)
    started: float = 0.0

    def apply(self, event: Event, now: float) -> None:
        """Take in one event that happened at ``now``."""
        match event:
            case RunStarted():
                self._begin(event, now)
            case Note():
                pass
            case StackWaiting():
                row = self._row(event.stack)
                row.state, row.waits_for = "waiting", event.waits_for
            case StackPhase():
                self._enter(event, now)
            case StackProgress():
                row = self._row(event.stack)
                row.done, row.total, row.address = event.done, event.total, event.address
            case StackStep():
                row = self._row(event.stack)
                row.started = now if row.started is None else row.started
                row.state, row.waits_for = "apply", ()
                row.done, row.total, row.address = event.done, event.total, event.what
            case StackDone() | StackFailed() | StackSkipped():
                self._finish(event)
            case _:
                assert_never(event)

    def stop(self, now: float) -> None:
        """Mark what was not finished: the run is over."""
        for row in self.rows.values():
            if row.state in WORKING:
                row.seconds = row.elapsed(now) or 0.0
                row.state = "stopped"
            elif row.state == "waiting":
                row.state = "idle"

    def settle(self) -> None:
        """Let planned stacks wait for those before them, their clock not started."""
        for row in self.rows.values():
            if row.state in {"init", "plan", "waiting"}:
                needs = (self.rows[name] for name in row.depends_on if name in self.rows)
                row.waits_for = tuple(need.name for need in needs if need.state != "done")
                row.state, row.started = "waiting" if row.waits_for else "idle", None

    def _free(self, done: str) -> None:
        for row in self.rows.values():
            row.waits_for = tuple(name for name in row.waits_for if name != done)

    def _row(self, name: str) -> Row:
        return self.rows.setdefault(name, Row(name, ()))

    def _begin(self, event: RunStarted, now: float) -> None:
        self.command, self.deployment, self.started = event.command, event.deployment, now
        self.rows = {name: Row(name, needs) for name, needs in event.stacks}

    def _enter(self, event: StackPhase, now: float) -> None:
        row = self._row(event.stack)
        row.started = now if row.started is None else row.started
        row.state, row.waits_for, row.address = event.phase, (), ""
        row.done, row.total = 0, event.total
        if (self.command, event.phase) == ("destroy", "apply"):
            self.settle()  # all stacks have been planned before the first one goes

    def _finish(self, event: StackDone | StackFailed | StackSkipped) -> None:
        row = self._row(event.stack)
        row.waits_for, row.address = (), ""
        match event:
            case StackDone():
                row.state, row.result, row.seconds = "done", event.result, event.seconds
                row.added, row.changed, row.removed = event.added, event.changed, event.removed
                row.not_installed = event.not_installed
                self._free(event.stack)
            case StackFailed():
                stopped = "interrupted" in event.message
                row.state = "stopped" if stopped else "failed"
                row.message, row.seconds = event.message, event.seconds
            case StackSkipped():
                row.state, row.message = "skipped", event.reason
            case _:
                assert_never(event)


def tree(rows: dict[str, Row]) -> list[tuple[Row, str]]:
    """Return the rows as a tree with its drawing in ``>`` (fork), ``+`` (last), ``|`` and spaces.

    A stack with several upstream stacks hangs under the one that comes last.
    """
    order = list(rows)
    children: dict[str, list[str]] = {name: [] for name in order}
    roots: list[str] = []
    for name in order:
        parents = [need for need in rows[name].depends_on if need in rows]
        if parents:
            children[max(parents, key=order.index)].append(name)
        else:
            roots.append(name)
    drawn: list[tuple[Row, str]] = []

    def walk(name: str, stem: str, joint: str) -> None:
        drawn.append((rows[name], stem + joint))
        below = {"": "", ">": "|", "+": " "}[joint]
        for child in children[name]:
            walk(child, stem + below, "+" if child == children[name][-1] else ">")

    for root in roots:
        walk(root, "", "")
    return drawn


class Counts(Protocol):
    """What became of a stack: its row on the screen, its last event, or its outcome."""

    @property
    def result(self) -> str:
        """One of the words of ``events.StackResult``."""

    @property
    def added(self) -> int:
        """Resources created."""

    @property
    def changed(self) -> int:
        """Resources changed in place."""

    @property
    def removed(self) -> int:
        """Resources removed."""


def describe_counts(added: int, changed: int, removed: int, not_installed: int = 0) -> str:
    """Return e.g. ``27 created, 1 changed``; empty when nothing happened."""
    parts = [
        (added, "created"),
        (changed, "changed"),
        (removed, "removed"),
        (not_installed, "not installed"),
    ]
    return ", ".join(f"{count} {word}" for count, word in parts if count)


def describe_end(stack: Counts, not_installed: int) -> str:
    """Return what became of a stack; the counts of a planned one are still to be done."""
    if stack.result == "planned":
        return stack.result
    counts = describe_counts(stack.added, stack.changed, stack.removed, not_installed)
    if stack.result == "unchanged" and counts:
        return f"{stack.result}, {counts}"
    return counts or WITHOUT_COUNTS.get(stack.result, stack.result)


def describe_seconds(seconds: float) -> str:
    """Return a duration as people read it: ``8 s``, ``2 min 5 s``, ``1 h 3 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
