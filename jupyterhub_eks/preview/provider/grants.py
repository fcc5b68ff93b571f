"""Codes and tokens that the stand-in has given out; they end with the preview."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.preview.provider.signing import encoded

if TYPE_CHECKING:
    from collections.abc import Callable

ACCESS_SECONDS: Final = 3600
_CODE_SECONDS: Final = 120
_REFRESH_SECONDS: Final = 30 * 86400


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a login was asked for with.

    Attributes:
        name: Who logs in.
        nonce: To be told in the id token; empty without one.
        challenge: Of the verifier that whoever redeems the code has (RFC 7636); empty: none.
    """

    name: str
    nonce: str = ""
    challenge: str = ""


@dataclass(frozen=True)
class _Given:
    asked: Asked
    ends: float


@dataclass
class Grants:
    """All of them.

    Attributes:
        clock: Seconds that only go forward.
    """

    clock: Callable[[], float] = time.monotonic
    _codes: dict[str, _Given] = field(default_factory=dict)
    _access: dict[str, _Given] = field(default_factory=dict)
    _refresh: dict[str, _Given] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def code(self, asked: Asked) -> str:
        """Return a code for a login, good once and for two minutes."""
        return self._give(self._codes, asked, _CODE_SECONDS)

    def redeemed(self, code: str, verifier: str) -> Asked | None:
        """Return what a code was given for; None if it is none, or the verifier is not its own."""
        with self._lock:
            given = self._codes.pop(code, None)
        if given is None or given.ends < self.clock():
            return None
        challenge = given.asked.challenge
        if challenge and not compare_digest(_challenge(verifier), challenge):
            return None
        return given.asked

    def tokens(self, asked: Asked) -> tuple[str, str]:
        """Return an access token and one that renews it."""
        return (
            self._give(self._access, asked, ACCESS_SECONDS),
            self._give(self._refresh, asked, _REFRESH_SECONDS),
        )

    def renewed(self, token: str) -> Asked | None:
        """Return for whom a token renews a login; None if it is none. It is good once."""
        with self._lock:
            given = self._refresh.pop(token, None)
        return given.asked if given and given.ends >= self.clock() else None

    def owner(self, token: str) -> str:
        """Return whose access token it is; empty if it is none."""
        with self._lock:
            given = self._access.get(token)
        return given.asked.name if given and given.ends >= self.clock() else ""

    def _give(self, kept: dict[str, _Given], asked: Asked, seconds: float) -> str:
        made, now = secrets.token_urlsafe(32), self.clock()
        with self._lock:
            for old in [each for each, given in kept.items() if given.ends < now]:
                del kept[old]
            kept[made] = _Given(asked, now + seconds)
        return made


def _challenge(verifier: str) -> str:
    return encoded(hashlib.sha256(verifier.encode()).digest())
