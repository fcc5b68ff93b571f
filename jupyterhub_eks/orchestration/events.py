"""What happens during a run, as values. The CLI draws them; tests compare them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Phase = Literal["init", "plan", "apply"]
StackResult = Literal["created", "changed", "unchanged", "destroyed", "planned", "absent"]


@dataclass(frozen=True, kw_only=True)
class RunStarted:
    """A command begins to work on ``stacks`` (name, names it depends on), in order."""

    command: str
    deployment: str
    stacks: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class StackWaiting:
    """``stack`` cannot begin before ``waits_for`` are finished."""

    stack: str
    waits_for: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StackPhase:
    """``stack`` entered a phase; ``total`` resources will change (apply only)."""

    stack: str
    phase: Phase
    total: int = 0


@dataclass(frozen=True, kw_only=True)
class StackProgress:
    """``done`` of ``total`` resources of ``stack`` are finished; ``address`` is the latest."""

    stack: str
    done: int
    total: int
    address: str
    action: str
    status: str


@dataclass(frozen=True, kw_only=True)
class StackStep:
    """``done`` of ``total`` things named ``what`` in the cluster of ``stack`` are gone."""

    stack: str
    what: str
    done: int
    total: int


@dataclass(frozen=True, kw_only=True)
class StackDone:
    """``stack`` is finished; counts are resources of this run, ``seconds`` wall time.

    ``not_installed`` releases are in no count: their charts cannot be reached.
    """

    stack: str
    result: StackResult
    added: int = 0
    changed: int = 0
    removed: int = 0
    not_installed: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class StackFailed:
    """``stack`` failed; what depends on it is not started."""

    stack: str
    message: str
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class StackSkipped:
    """``stack`` was not started, because of ``reason``."""

    stack: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Note:
    """One line worth knowing that belongs to no stack."""

    text: str


Event = (
    RunStarted
    | StackWaiting
    | StackPhase
    | StackProgress
    | StackStep
    | StackDone
    | StackFailed
    | StackSkipped
    | Note
)
EventSink = Callable[[Event], None]
