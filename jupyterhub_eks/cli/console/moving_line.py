"""A line on a terminal that says how far something is, as long as a block of code lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.status import Status

    from jupyterhub_eks.cli.console.screen import Screen


class MovingLine:
    """The line; where nothing can move there is none.

    Args:
        screen: Where it stands.
        words: What it says at first.
    """

    def __init__(self, screen: Screen, words: str) -> None:
        self._screen = screen
        self._words = words
        self._status: Status | None = None

    def __enter__(self) -> Self:
        """Show it."""
        self._status = self._screen.status(self._words)
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take it off the screen."""
        if self._status:
            self._status.stop()

    def say(self, words: str) -> None:
        """Replace what it says."""
        self._words = words
        if self._status:
            self._status.update(words)
