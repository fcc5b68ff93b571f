"""Titles, descriptions and groups of an imported profile. Pure."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.document import Scalar
from jupyterhub_eks.foreign.documents import items_at, text_at
from jupyterhub_eks.releases.z2jh.profiles import SPOT_NOTE

if TYPE_CHECKING:
    from collections.abc import Collection

    from jupyterhub_eks.foreign.shapes import Profile

_TAGS: Final = re.compile(r"<[^<>]{1,200}>")
_LONGEST: Final = 100
# What our own server page says below a title anyway: when a server ends, and what spot is.
# Earlier releases wrote no unit behind the second number, and no days.
_ENDS: Final = re.compile(
    r"(?:Idle kernels stop after \d+ minutes?, idle servers after \d+(?: minutes?)?"
    r"(?:, any server after \d+ (?:hour|day)s?)?|Servers stop after \d+ (?:hour|day)s?);"
    r" files stay\.$"
)


def plain_text(text: str) -> str:
    """Return text in one line without marks of HTML; our pages show text as it is."""
    return " ".join(html.unescape(_TAGS.sub("", text)).split())


def has_marks(text: str) -> bool:
    """Whether text has marks of HTML."""
    return _TAGS.search(text) is not None


def form_of(name: str) -> str:
    """Return what counts of a title: neither case nor punctuation."""
    return re.sub(r"[^\w]+", "-", name.lower()).strip("-")


def free_title(title: str, taken: Collection[str]) -> str:
    """Return a title that no other profile has.

    Args:
        title: What it was.
        taken: Forms of the others.
    """
    wanted = plain_text(title)[:_LONGEST].rstrip() or "Profile"
    found, number = wanted, 1
    while form_of(found) in taken:
        number += 1
        end = f" {number}"
        found = wanted[: _LONGEST - len(end)] + end
    return found


def renamed(title: str, name: str) -> str:
    """Return that a profile has another title than it had; empty: it has not."""
    plain = plain_text(title)
    if name == plain:
        return ""
    why = "its title is too long" if len(plain) > _LONGEST else "another has that name"
    return f"is named `{name}` here, as {why}; neither case nor punctuation tells two apart"


def description(profile: Profile) -> str:
    """Return what users read below the title, without what our page says of servers anyway."""
    text = _ENDS.sub("", plain_text(text_at(profile.node, "description"))).rstrip()
    return text.removesuffix(SPOT_NOTE).rstrip()


def groups(profile: Profile) -> tuple[str, ...]:
    """Return the groups that may see a profile."""
    return tuple(
        each.text
        for each in items_at(profile.node, "allowed_groups")
        if isinstance(each, Scalar) and each.text
    )
