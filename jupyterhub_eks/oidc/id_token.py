"""Whom an id token is for, from and about, as the hub checks it (``hub-config/oauth_id_token.py``).

Its signature is of no interest: it came from the provider itself, over TLS.
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.errors import PreflightError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.oidc.claims import Claims

_CLOCK_SKEW_SECONDS: Final = 60


@dataclass(frozen=True, kw_only=True)
class IdTokenCheck:
    """What an id token has to be.

    Attributes:
        client_id: Whom it is for.
        issuers: Who may have issued it, with ``{tenantid}`` for the tenant that it names; empty:
            that is not known.
    """

    client_id: str
    issuers: tuple[str, ...] = ()

    def claims_of(self, token: object) -> Claims:
        """Return what an id token says; nothing without one.

        Raises:
            PreflightError: It is none, it is somebody else's, or it has expired.
        """
        if token is None:
            return {}
        claims = _payload(token)
        audience = claims.get("aud")
        if self.client_id not in (audience if isinstance(audience, list) else [audience]):
            raise PreflightError(
                "the id token was not issued for this client",
                cause=f"its `aud` is {_short(audience)}",
                hint="compare `client_id` with the provider's",
            )
        if self.issuers and not self._is_issuer(claims):
            raise PreflightError(
                "the id token is not of this provider",
                cause=f"its `iss` is {_short(claims.get('iss'))}, not {' or '.join(self.issuers)}",
                hint="compare `issuer` with what the provider calls itself",
            )
        if not _is_current(claims):
            raise PreflightError(
                "the id token has expired already",
                hint="set the clock of this machine",
            )
        return claims

    def _is_issuer(self, claims: Claims) -> bool:
        known = {each.replace("{tenantid}", str(claims.get("tid"))) for each in self.issuers}
        return str(claims.get("iss")).rstrip("/") in known


def require_same(userinfo: Mapping[str, Any], claims: Claims) -> None:
    """Hold user info and id token to the same person (OpenID Connect Core 1.0, 5.3.2).

    Raises:
        PreflightError: They speak of different ones.
    """
    if claims and "sub" in userinfo and userinfo["sub"] != claims.get("sub"):
        raise PreflightError(
            "user info and id token speak of different people",
            cause=f"`sub` is {_short(userinfo['sub'])} and {_short(claims.get('sub'))}",
            hint="look into the log of the provider; the hub lets nobody in so",
        )


def _payload(token: object) -> Claims:
    parts = token.split(".") if isinstance(token, str) else []
    try:
        # Read as the hub reads it, which looks into the header, too.
        header, payload = (json.loads(_decoded(part)) for part in parts[:2])
        _decoded(parts[2])
    except (ValueError, IndexError, RecursionError):
        header = payload = None
    if len(parts) != 3 or not isinstance(header, dict) or not isinstance(payload, dict):
        raise PreflightError(
            "the provider's id token cannot be read",
            cause="it is no signed JSON Web Token",
            hint="let the provider sign id tokens for this client, and not encrypt them",
        )
    return payload


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _is_current(claims: Claims) -> bool:
    ends = claims.get("exp")
    return isinstance(ends, int | float) and ends + _CLOCK_SKEW_SECONDS >= time.time()


def _short(value: object) -> str:
    text = f"`{value}`" if isinstance(value, str) and value.isprintable() else ascii(value)
    return text if len(text) <= 100 else f"{text[:100]}…"
