"""Sign id tokens as OpenID Connect wants it: RS256, with a key for one preview."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

if TYPE_CHECKING:
    from collections.abc import Mapping

_EXPONENT: Final = 65537
_BITS: Final = 2048


def encoded(content: bytes) -> str:
    """Return bytes as tokens write them: base64 for addresses, without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class SigningKey:
    """A key, and what others need to check its signatures."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=_EXPONENT, key_size=_BITS)
        numbers = self._key.public_key().public_numbers()
        modulus = numbers.n.to_bytes(_BITS // 8, "big")
        self._public = {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": hashlib.sha256(modulus).hexdigest()[:16],
            "n": encoded(modulus),
            "e": encoded(_EXPONENT.to_bytes(3, "big")),
        }

    @property
    def published(self) -> dict[str, Any]:
        """The key set that the provider publishes (RFC 7517)."""
        return {"keys": [self._public]}

    def token(self, claims: Mapping[str, Any]) -> str:
        """Return a signed token with claims."""
        header = {"alg": "RS256", "typ": "JWT", "kid": self._public["kid"]}
        parts = (encoded(json.dumps(part).encode()) for part in (header, claims))
        signed = ".".join(parts)
        signature = self._key.sign(signed.encode(), padding.PKCS1v15(), SHA256())
        return f"{signed}.{encoded(signature)}"
