"""Host names, e-mail addresses and domains as users write them."""

from __future__ import annotations

import re
from typing import Final

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")
_EMAIL = re.compile(rf"[A-Za-z0-9._%+'-]{{1,64}}@(?:{_LABEL}\.)+[a-z]{{2,63}}", re.IGNORECASE)
_ALLOWED: Final = "lower-case letters, digits and hyphens in parts joined by dots, two at least"
MAX_HOST: Final = 253


def is_host(text: str) -> bool:
    """Whether ``text`` is a full lower-case host name, e.g. ``hub.example.org``."""
    return len(text) <= MAX_HOST and _HOST.fullmatch(text) is not None


def host_hint(key: str, text: str, example: str) -> str:
    """Return the line to write when ``text`` was meant as a host name."""
    if meant := host_meant(text):
        return f"write `{key}{meant}`"
    return f"write e.g. `{key}{example}`; allowed: {_ALLOWED}"


def host_meant(text: str) -> str | None:
    """Return the host name in an address, a wildcard or a name with letters that DNS lacks."""
    bare = re.sub(r"^[a-z]+://", "", text.strip().lower()).rpartition("@")[2].lstrip("*.")
    bare = re.sub(r"\.+", ".", re.split(r"[/:?#]", bare)[0]).rstrip(".")
    bare = re.sub(r"[\s_]+", "-", bare)
    if not bare.isascii():
        try:
            bare = bare.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return bare if is_host(bare) else None


def email_meant(text: str) -> str:
    """Return the e-mail address of a user who was named without one, at a place to fill in."""
    name = re.sub(r"[^A-Za-z0-9._%+-]+", ".", text.partition("@")[0]).strip(".")[:64]
    host = host_meant(text.partition("@")[2]) or "example.org"
    address = f"{name}@{host}"
    return address if is_email(address) else "alice@example.org"


def is_email(text: str) -> bool:
    """Whether ``text`` looks like an e-mail address."""
    return _EMAIL.fullmatch(text) is not None
