"""The layer runs gaps in order, saves before it answers, and says who it is."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.local.emulator.layer import HEALTH_PATH, GapLayer
from jupyterhub_eks.local.emulator.messages import json_response

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyterhub_eks.local.emulator.messages import AwsRequest, AwsResponse, Forward, Gap

SIGNATURE = b"AWS4-HMAC-SHA256 Credential=KEY/20260101/us-west-2/eks/aws4_request, Signature=0"


class Emulator:
    """An ASGI application that answers everything alike and remembers the bodies."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.bodies: list[bytes] = []

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        """Answer in two parts."""
        self.bodies.append((await receive())["body"])
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b"from the "})
        await send({"type": "http.response.body", "body": b"emulator"})


def call(layer: GapLayer, method: str, path: str, *body: bytes) -> tuple[int, bytes, list[Any]]:
    """Send one request in as many parts as given; return status, body and all messages."""
    incoming = [
        {"type": "http.request", "body": part, "more_body": index + 1 < len(body)}
        for index, part in enumerate(body or (b"",))
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return incoming.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(b"authorization", SIGNATURE)],
    }
    asyncio.run(layer(scope, receive, send))
    return sent[0]["status"], sent[1]["body"], sent


def make_layer(
    emulator: Emulator | None = None,
    gaps: Sequence[Gap] = (),
    save: Callable[[str, str], None] = lambda _service, _region: None,
    **health: object,
) -> GapLayer:
    """Return a layer that leaves the emulator's own scope alone."""
    return GapLayer(
        emulator or Emulator(), {"eks": gaps}, save, health, enter_scope=lambda _request: None
    )


def test_request_without_a_gap_reaches_the_emulator() -> None:
    """Body and answer pass unchanged, whatever parts they come in."""
    emulator = Emulator()
    layer = make_layer(emulator)

    status, body, _ = call(layer, "POST", "/x", b"one ", b"two")

    assert (status, body) == (200, b"from the emulator")
    assert emulator.bodies == [b"one two"]


def test_gaps_wrap_each_other_in_order() -> None:
    """The first gap is the outermost."""
    order: list[str] = []

    def gap(name: str) -> Any:
        async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
            order.append(name)
            return await forward(request)

        return handle

    layer = make_layer(gaps=(gap("a"), gap("b")))
    call(layer, "GET", "/x")

    assert order == ["a", "b"]


def test_gap_can_answer_alone() -> None:
    """A gap that knows the answer does not ask the emulator."""
    emulator = Emulator()

    async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
        return json_response({"known": True})

    _, body, _ = call(make_layer(emulator, (handle,)), "GET", "/x")

    assert json.loads(body) == {"known": True}
    assert emulator.bodies == []


@pytest.mark.parametrize(
    ("method", "status", "saved"),
    [("POST", 200, [("eks", "us-west-2")]), ("GET", 200, []), ("POST", 400, [])],
)
def test_changes_are_saved(method: str, status: int, saved: list[tuple[str, str]]) -> None:
    """What may have changed something and succeeded is saved."""
    found: list[tuple[str, ...]] = []

    layer = make_layer(Emulator(status), save=lambda *call: found.append(call))
    call(layer, method, "/x")

    assert found == saved


def test_what_cannot_be_saved_is_refused() -> None:
    """Nothing is confirmed that is not on disk, and the SDK does not try again."""

    def full(_service: str, _region: str) -> None:
        raise OSError("disk full")

    status, body, _ = call(make_layer(save=full), "POST", "/x")

    assert status == 400
    assert "disk full" in json.loads(body)["message"]


def test_health_names_the_instance() -> None:
    """The health answer tells which process and which state this is."""
    layer = make_layer(instance_id="abc", pid=7)

    _, body, _ = call(layer, "GET", HEALTH_PATH)

    assert json.loads(body) == {"instance_id": "abc", "pid": 7}
