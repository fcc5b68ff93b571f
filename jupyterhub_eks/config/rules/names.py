"""Host names, e-mail addresses and domains as users write them."""

from __future__ import annotations

import re
from typing import Final

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")
_EMAIL = re.compile(rf"[A-Za-z0-9._%+'-]{{1,64}}@(?:{_LABEL}\.)+[a-z]{{2,63}}", re.IGNORECASE)
MAX_HOST: Final = 253


def is_host(text: str) -> bool:
    """Whether ``text`` is a full lower-case host name, e.g. ``hub.example.org``."""
    return len(text) <= MAX_HOST and _HOST.fullmatch(text) is not None


def host_hint(key: str, text: str, example: str) -> str:
    """Return the line to write when ``text`` was meant as a host name."""
    bare = re.sub(r"^[a-z]+://", "", text.strip().lower()).lstrip("@*.")
    bare = re.sub(r"\.+", ".", re.split(r"[/:?#]", bare)[0]).rstrip(".")
    return f"write `{key}{bare if is_host(bare) else example}`"


def is_email(text: str) -> bool:
    """Whether ``text`` looks like an e-mail address."""
    return _EMAIL.fullmatch(text) is not None
