"""The webhook: an ASGI application that answers TokenReview (authentication.k8s.io/v1)."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.local.cluster.authenticator.tokens import RefusedTokenError

if TYPE_CHECKING:
    from jupyterhub_eks.local.cluster.authenticator.entries import KubernetesUser

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Identify = Callable[[str], "KubernetesUser"]

_LOG = logging.getLogger(__name__)
_VERSION: Final = "authentication.k8s.io/v1"
_LONGEST_BODY: Final = 64 * 1024


class Webhook:
    """ASGI application.

    Args:
        identify: Returns the user of a token or raises :class:`RefusedTokenError`.
    """

    def __init__(self, identify: Identify) -> None:
        self._identify = identify

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI asks."""
        if scope["type"] != "http":
            return
        if scope["path"] == "/healthz":
            await _send(send, 200, {"ok": True})
        elif scope["path"] == "/authenticate" and scope["method"] == "POST":
            status, document = await self._review(await _body(receive))
            await _send(send, status, document)
        else:
            await _send(send, 404, {"error": "not found"})

    async def _review(self, body: bytes) -> tuple[int, dict[str, Any]]:
        token = _token(body)
        if token is None:
            return 400, {"error": f"no TokenReview of {_VERSION}"}
        try:
            user = await asyncio.to_thread(self._identify, token)
        except RefusedTokenError as error:
            _LOG.warning("refused a token: %s", error)
            return 200, _answer({"authenticated": False, "error": "Unauthorized"})
        _LOG.warning("accepted %s in %s", user.username, list(user.groups))
        return 200, _answer({"authenticated": True, "user": asdict(user)})


def _token(body: bytes) -> str | None:
    try:
        review = json.loads(body)
        if review["kind"] == "TokenReview" and review["apiVersion"] == _VERSION:
            return str(review["spec"]["token"])
    except (ValueError, KeyError, TypeError):
        pass
    return None


def _answer(status: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": _VERSION, "kind": "TokenReview", "status": status}


async def _body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body") or sum(map(len, chunks)) > _LONGEST_BODY:
            return b"".join(chunks)


async def _send(send: Send, status: int, document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
