"""What an import could not carry, or carried as something else, with where it stood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.config.document import dotted, problem_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterhub_eks.config.document import Place
    from jupyterhub_eks.foreign.shapes import Profile, Shape
    from jupyterhub_eks.problems import Problem


class Losses:
    """Collects them.

    Attributes:
        problems: All of them, in the order in which they were found.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._changes: dict[tuple[str, str], dict[str, None]] = {}

    def add(self, problems: Iterable[Problem]) -> None:
        """Take problems as they are."""
        self.problems += problems

    def of_server(self, shape: Shape, message: str, hint: str = "") -> None:
        """Note something of one server; the message goes on after its title."""
        self._say(shape.profile, f"`{shape.title}` {message}", hint)

    def of_profile(
        self, profile: Profile, message: str, hint: str = "", place: Place | None = None
    ) -> None:
        """Note something of a profile; at a place, or where the profile begins."""
        self._say(profile, f"`{profile.title}`: {message}", hint, place)

    def change(self, shape: Shape, message: str, hint: str = "") -> None:
        """Note that a server asks for something else here; also for a comment in the file."""
        self._changes.setdefault(_key(shape), {})[message] = None
        self._say(shape.profile, f"`{shape.title}` is not as it was: {message}", hint)

    def changes(self, shape: Shape) -> tuple[str, ...]:
        """Return what is not as it was of a server."""
        return tuple(self._changes.get(_key(shape), ()))

    def _say(
        self, profile: Profile, message: str, hint: str = "", place: Place | None = None
    ) -> None:
        where = place if place and place.line else profile.place
        self.problems.append(problem_at(where, dotted(profile.path), message, hint, "warning"))


def _key(shape: Shape) -> tuple[str, str]:
    return dotted(shape.profile.path), shape.title
