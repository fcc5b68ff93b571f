"""One flag between the signal handlers of ``cli`` and a running use case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.errors import InterruptedRunError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

from contextlib import contextmanager


class Interrupt:
    """Counts the requests to stop, and hands on those that cannot wait.

    The first request lets what is at work finish: Terraform, asked to stop, cuts requests
    short whose resources AWS may make all the same, unknown to any state.

    ``set`` runs inside a signal handler, between two byte codes of the main thread,
    which may hold any lock; so there is none here, and no ``threading.Event``, whose
    ``set`` takes one.

    Attributes:
        requests: How often the run was asked to stop.
        by: What asked, in order, as far as it has a name.
    """

    def __init__(self) -> None:
        self.requests = 0
        self.by: tuple[str, ...] = ()
        self._listeners: tuple[Callable[[], None], ...] = ()

    def set(self, *, urgent: bool = False, by: str = "") -> None:
        """Ask the run to start nothing more; urgent or asked again, to stop what is at work."""
        self.requests += 1
        if by:
            self.by = (*self.by, by)
        if urgent or self.requests > 1:
            for listener in self._listeners:
                listener()

    @property
    def is_set(self) -> bool:
        """Whether the run was asked to stop."""
        return self.requests > 0

    @contextmanager
    def notifying(self, listener: Callable[[], None]) -> Iterator[None]:
        """Call ``listener`` on every request in the ``with`` block that cannot wait."""
        self._listeners = (*self._listeners, listener)
        try:
            yield
        finally:
            self._listeners = tuple(each for each in self._listeners if each is not listener)

    def check(self, cause: str = "") -> None:
        """Raise :class:`InterruptedRunError` if the run was asked to stop."""
        if self.is_set:
            raise InterruptedRunError(
                "interrupted; what was finished is recorded",
                cause=cause,
                hint="run the same command again to continue",
            )
