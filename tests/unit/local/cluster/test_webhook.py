"""The webhook: TokenReview in, TokenReview out."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.local.cluster.authenticator.app import Webhook
from jupyterhub_eks.local.cluster.authenticator.entries import KubernetesUser
from jupyterhub_eks.local.cluster.authenticator.tokens import RefusedTokenError

if TYPE_CHECKING:
    from collections.abc import MutableMapping

VERSION = "authentication.k8s.io/v1"


def identify(token: str) -> KubernetesUser:
    """Know one token."""
    if token != "good":
        raise RefusedTokenError("it is secret why")
    return KubernetesUser(username="alice", uid="1", groups=("teachers",), extra={"arn": ["a"]})


def call(body: bytes, path: str = "/authenticate", method: str = "POST") -> tuple[int, Any]:
    """Send one request to the application."""
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "path": path, "method": method}
    asyncio.run(Webhook(identify)(scope, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


def review(token: str, version: str = VERSION) -> bytes:
    document = {"apiVersion": version, "kind": "TokenReview", "spec": {"token": token}}
    return json.dumps(document).encode()


def test_a_known_token_is_somebody() -> None:
    """User, groups and what is known beside."""
    status, answer = call(review("good"))

    assert status == 200
    assert (answer["apiVersion"], answer["kind"]) == (VERSION, "TokenReview")
    assert answer["status"] == {
        "authenticated": True,
        "user": {"username": "alice", "uid": "1", "groups": ["teachers"], "extra": {"arn": ["a"]}},
    }


def test_any_other_token_is_nobody_and_learns_nothing() -> None:
    """The reason stands in the log only."""
    status, answer = call(review("bad"))

    assert status == 200
    assert answer["status"] == {"authenticated": False, "error": "Unauthorized"}


def test_what_is_no_review_is_an_error() -> None:
    """Also of another version, whose answer would be read differently."""
    for body in (b"", b"[]", b"{}", review("good", "authentication.k8s.io/v1beta1")):
        assert call(body)[0] == 400


def test_nothing_else_is_served() -> None:
    """Health, and a single question."""
    assert call(b"", "/healthz", "GET") == (200, {"ok": True})
    assert call(b"", "/", "GET")[0] == 404
    assert call(b"", "/authenticate", "GET")[0] == 404
