"""What a rule says, before it is given a place in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyterhub_eks.problems import Severity

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A broken rule.

    Attributes:
        path: Key to change.
        message: What is wrong, with the value.
        hint: What to write instead.
        also: Other keys the conclusion was drawn from; the finding is dropped when
            one of them is wrong itself, because the conclusion would be a guess.
        severity: Only an ``error`` stops a run.
    """

    path: Path
    message: str
    hint: str = ""
    also: tuple[Path, ...] = ()
    severity: Severity = "error"
