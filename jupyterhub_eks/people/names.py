"""Which names a login can have. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

LONGEST_NAME: Final = 128
"""Characters of a user name or a group (Cognito's limit; the hub's own is 255)."""
LONGEST_LOCAL_PART: Final = 64
"""Characters before the `@` of an e-mail address (RFC 5321, 4.5.3.1.1)."""

_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
# Ends a path of the hub's addresses, or splits lists of native sign-up.
_NOT_IN_NAMES: Final = re.compile(r"[/,\s\x00-\x1f\x7f]")


@dataclass(frozen=True)
class NameRules:
    """What names of a login are like.

    Attributes:
        login: Type of the login, for messages.
        are_addresses: Whether each is an e-mail address.
    """

    login: str
    are_addresses: bool = False

    def written(self, name: str) -> str:
        """Return a name as the login writes it: composed characters, small letters.

        One that only these would make another's, such as that of the sign for kelvin, stays.
        """
        composed = unicodedata.normalize("NFC", name.strip())
        return composed if composed.lower().isascii() and not name.isascii() else composed.lower()

    def fault(self, name: str) -> str:
        """Return what is wrong with a written name; empty if nothing is."""
        if not name:
            return "the name is empty"
        if len(name) > LONGEST_NAME:
            return f"the name has {len(name)} characters; {LONGEST_NAME} are the most"
        if name != name.lower():
            return f"{name!r} has letters that look like others"
        if self.are_addresses:
            return self._fault_of_address(name)
        if found := _NOT_IN_NAMES.search(name):
            return f"{name!r} has {_called(found[0])} in it, which no user name may have"
        return ""

    def _fault_of_address(self, name: str) -> str:
        if "@" not in name:
            return f"{name!r} is no e-mail address, by which users of {self.login} are known"
        if not name.isascii():
            return f"{name!r} has letters outside ASCII, which e-mail by {self.login} cannot reach"
        local = name.rpartition("@")[0]
        if len(local) > LONGEST_LOCAL_PART:
            return (
                f"{name!r} has {len(local)} characters before the @; {LONGEST_LOCAL_PART} are "
                "the most"
            )
        return "" if _ADDRESS.fullmatch(name) else f"{name!r} is no e-mail address"


def fault_of_group(name: str) -> str:
    """Return what is wrong with the name of a group; empty if nothing is."""
    if len(name) > LONGEST_NAME:
        return f"the group has a name of {len(name)} characters; {LONGEST_NAME} are the most"
    if found := re.search(r"[/\s\x00-\x1f\x7f]", name):
        return f"group {name!r} has {_called(found[0])} in its name"
    return ""


def _called(character: str) -> str:
    known = {" ": "a space", "\t": "a tab", "\n": "a line break"}
    return known.get(character, f"{character!r}")
