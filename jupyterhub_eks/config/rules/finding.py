"""What a rule says, before it is given a place in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterhub_eks.problems import Severity

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A broken rule.

    Attributes:
        path: Key to change. The finding is dropped when this key or one above it is wrong.
        message: What is wrong, with the value.
        hint: What to write instead.
        also: Keys the conclusion was drawn from; the finding is dropped when one of
            them, or one above or below it, is wrong, as it would be a guess.
        severity: Only an ``error`` stops a run.
        at_key: Whether it is the key that is wrong, and is to be pointed at, not its value.
    """

    path: Path
    message: str
    hint: str = ""
    also: tuple[Path, ...] = ()
    severity: Severity = "error"
    at_key: bool = False


def instead(findings: Iterable[Finding], others: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings, and of keys in which they see no error, those of others too.

    Args:
        findings: Of the rule that knows more about what is wrong.
        others: Of the rules that it stands in for.
    """
    first = list(findings)
    wrong = {each.path for each in first if each.severity == "error"}
    yield from first
    yield from (each for each in others if each.path not in wrong)
