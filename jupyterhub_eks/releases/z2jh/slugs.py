"""Machine names of titles, for the forms of the hub."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def slugs(titles: Sequence[str]) -> list[str]:
    """Return a slug of lower-case letters, digits and hyphens for each title.

    A title that leaves nothing, or what another one leaves too, gets a hash of itself;
    so a slug depends on no order.
    """
    plain = [re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") for title in titles]
    taken = Counter(plain)
    return [
        slug if slug and taken[slug] == 1 else f"{slug or 'choice'}-{_digest(title)}"
        for slug, title in zip(plain, titles, strict=True)
    ]


def _digest(title: str) -> str:
    return hashlib.sha256(title.encode()).hexdigest()[:8]
