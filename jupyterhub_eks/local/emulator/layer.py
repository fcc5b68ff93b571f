"""The ASGI application: gap handlers in front of ``ministack``, state saved behind it.

A request runs through the gaps of its service and then into the emulator. When
the call may have changed something, the state is on disk before the answer is
sent, so what an SDK saw confirmed outlives a kill of the process.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.local.emulator import stores
from jupyterhub_eks.local.emulator.messages import (
    AwsRequest,
    AwsResponse,
    Forward,
    Gap,
    ec2_error,
    json_error,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEALTH_PATH: Final = "/_jhub/health"


async def _read_body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


def _headers(scope: Scope) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def _call(app: App, scope: Scope, request: AwsRequest) -> AwsResponse:
    """Run ``request`` through an ASGI application and collect its answer."""
    status, headers, chunks, delivered = 500, [], [], False

    async def receive() -> MutableMapping[str, Any]:
        nonlocal delivered
        if delivered:
            return {"type": "http.disconnect"}
        delivered = True
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            chunks.append(message.get("body", b""))

    inner = {
        **scope,
        "method": request.method,
        "path": request.path,
        "query_string": request.query.encode(),
        "headers": [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in request.headers.items()
        ],
    }
    if request.path != scope["path"]:
        inner["raw_path"] = request.path.encode()
    await app(inner, receive, send)
    pairs = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
    return AwsResponse(status, pairs, b"".join(chunks))


def chain(gaps: Sequence[Gap], forward: Forward) -> Forward:
    """Return ``forward`` with every gap around it, the first one outermost."""
    for gap in reversed(gaps):
        forward = _around(gap, forward)
    return forward


def _around(gap: Gap, forward: Forward) -> Forward:
    async def call(request: AwsRequest) -> AwsResponse:
        return await gap(request, forward)

    return call


class GapLayer:
    """ASGI application around the emulator.

    Args:
        app: The emulator.
        gaps: Handlers by service, as the signature's credential scope spells it.
        save: Writes the state of a service in a region; called before the answer to
            a call that may change something.
        health: What :data:`HEALTH_PATH` answers, JSON-ready.
        enter_scope: Selects the caller's account and region in the emulator.
    """

    def __init__(
        self,
        app: App,
        gaps: Mapping[str, Sequence[Gap]],
        save: Callable[[str, str], None],
        health: Mapping[str, object],
        enter_scope: Callable[[AwsRequest], None] = stores.enter_scope,
    ) -> None:
        self._app = app
        self._gaps = gaps
        self._save = save
        self._health = health
        self._enter_scope = enter_scope

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI asks."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] == HEALTH_PATH:
            body = json.dumps(dict(self._health)).encode()
            await _send(send, AwsResponse(200, (("content-type", "application/json"),), body))
            return
        request = AwsRequest.of(
            scope["method"],
            scope["path"],
            scope.get("query_string", b"").decode(),
            _headers(scope),
            await _read_body(receive),
        )
        await _send(send, await self._answer(scope, request))

    async def _answer(self, scope: Scope, request: AwsRequest) -> AwsResponse:
        async def emulator(inner: AwsRequest) -> AwsResponse:
            return await _call(self._app, scope, inner)

        self._enter_scope(request)
        response = await chain(self._gaps.get(request.service, ()), emulator)(request)
        if request.changes_state and response.status < 400:
            try:
                self._save(request.service, request.region)
            except OSError as error:
                return _not_saved(request, error)
        return response


def _not_saved(request: AwsRequest, error: OSError) -> AwsResponse:
    """Refuse what is not on disk; an SDK would repeat a 5xx for minutes."""
    text = f"the embedded AWS cannot save its state: {error}"
    if request.form.get("Action"):
        return ec2_error("StateNotSaved", text)
    return json_error(400, "StateNotSaved", text)


async def _send(send: Send, response: AwsResponse) -> None:
    headers = [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers
    ]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
