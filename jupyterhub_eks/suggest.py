"""Did you mean …?"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that ``word`` was probably meant to be.

    Case, hyphens and underscores do not count; it may be the beginning, and at most about a
    third of the letters may differ.
    """
    by_form = {_plain(name): name for name in known}
    wanted = _plain(word)[:100]
    if wanted in by_form:
        return by_form[wanted]
    if len(wanted) > 2 and (begun := [form for form in by_form if form.startswith(wanted)]):
        return by_form[begun[0]]
    matches = get_close_matches(wanted, by_form, n=1, cutoff=0.65)
    return by_form[matches[0]] if matches else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean `x`?``, or the list of what is known."""
    names = list(known)
    if match := closest(word, names):
        return f"did you mean `{match}`?"
    return f"known: {', '.join(names)}" if names else ""


def _plain(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "").replace(" ", "")
