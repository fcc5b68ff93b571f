"""What a schema refuses, in words; see ``values_schema``."""

from __future__ import annotations

from dataclasses import dataclass

from jupyterhub_eks.config.document import dotted

ValuePath = tuple[str | int, ...]


class UnknownKeywordError(Exception):
    """A schema uses a keyword that is not known here; ``args[0]`` is the keyword."""


@dataclass(frozen=True)
class Fault:
    """What a chart would refuse.

    Attributes:
        path: Keys and positions from the top of the values.
        message: What is wrong; the key itself is not repeated.
        hint: What to write instead, or nothing.
        at_key: Whether the key is wrong and not its value.
        whole: Whether it can be told only when nothing is added to the values any more.
    """

    path: ValuePath
    message: str
    hint: str = ""
    at_key: bool = False
    whole: bool = False

    @property
    def text(self) -> str:
        """The fault in one sentence, with its place."""
        return f"{dotted(self.path)} {self.message}" if self.path else self.message
