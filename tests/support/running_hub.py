"""JupyterHub's own parts at work: login, spawner, and a provider to log in with."""

from __future__ import annotations

import json
from io import BytesIO
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import jwt
from jupyterhub.app import JupyterHub
from jupyterhub.orm import new_session_factory
from kubespawner import KubeSpawner
from nativeauthenticator import NativeAuthenticator
from oauthenticator.oauth2 import _serialize_state
from tornado.httpclient import HTTPClientError, HTTPResponse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyterhub.auth import Authenticator
    from sqlalchemy.orm import Session
    from tornado.httpclient import HTTPRequest
    from traitlets.config import Config


def database() -> Session:
    """Return an empty database of a hub."""
    session: Session = new_session_factory("sqlite:///:memory:")()
    return session


def authenticator(config: Config) -> Authenticator:
    """Return the login that the configuration asks for."""
    made = JupyterHub(config=config).authenticator_class
    # Only this login has a table of its own; to make a database takes its time.
    needs = {"db": database()} if issubclass(made, NativeAuthenticator) else {}
    return made(config=config, **needs)


def spawner(config: Config, name: str = "alice", **about: Any) -> KubeSpawner:
    """Return the spawner of a user's server; call it within an event loop.

    Args:
        config: The hub's configuration.
        name: Name of the user.
        about: ``admin`` and ``groups`` of the user.
    """
    # Where nothing listens: manifests are made without a cluster.
    config.KubeSpawner.k8s_api_host = "http://127.0.0.1:1"
    owner = _User(name, **about)
    # The chart's own, unless what runs in the hub has put another one in its place.
    kind: type[KubeSpawner] = config.JupyterHub.get("spawner_class", KubeSpawner)
    with patch("kubernetes_asyncio.config.load_incluster_config"):
        made = kind(config=config, user=owner, hub=_Hub(), orm_spawner=_Record(), _mock=True)
    made.api_token = "token"
    made.oauth_client_id = "client"
    return made


class _User:
    """What a spawner asks of its user."""

    id = 1
    url = "/user/name/"

    def __init__(self, name: str, *, admin: bool = False, groups: Iterable[str] = ()) -> None:
        self.name = self.escaped_name = name
        self.admin = admin
        self.groups = [SimpleNamespace(name=group) for group in groups]


class _Hub:
    """What a spawner asks of its hub."""

    api_url = "http://hub:8081/hub/api"
    base_url = "/hub/"
    public_host = ""
    routespec = "/hub/"
    url = "http://hub:8081/hub/"


class _Record:
    """What a spawner asks of its row in the database."""

    name = ""
    server = None
    oauth_scopes: tuple[str, ...] = ()


class Provider:
    """An OAuth provider as the hub's HTTP client sees it; knows one user at a time.

    Args:
        claims: What its user-info endpoint says.
        token_claims: What its id token says besides.
        pages: Further answers by URL; bytes are sent as they are.

    Attributes:
        issuer: What it calls itself in id tokens.
    """

    def __init__(
        self,
        claims: Mapping[str, Any],
        token_claims: Mapping[str, Any] | None = None,
        pages: Mapping[str, Any] | None = None,
    ) -> None:
        self.claims = claims
        self.token_claims = token_claims or {}
        self.pages = pages or {}
        self.asked: list[str] = []
        self.issuer = ""
        self.refusing: dict[str, int] = {}
        self._once: dict[str, int] = {}

    def refuse_once(self, url: str, status: int) -> None:
        """Answer the next request at an address with an error."""
        self._once[url] = status

    async def fetch(self, request: HTTPRequest, **_: Any) -> HTTPResponse:
        """Answer a request of the hub; with an error at addresses that refuse."""
        url = request.url.partition("?")[0]
        self.asked.append(url)
        once = self._once.pop(url, None)
        if status := self.refusing.get(url, once):
            raise HTTPClientError(status, "refused")
        answer = self.pages.get(url)
        if answer is None:
            answer = self._tokens() if request.method == "POST" else self.claims
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return HTTPResponse(request, 200, buffer=BytesIO(body))

    def _tokens(self) -> dict[str, Any]:
        usual = {"aud": ["client-1", "client-2"], "exp": 2**40, "iss": self.issuer}
        claims = {**self.claims, **usual, **self.token_claims}
        return {
            "access_token": "a",
            "token_type": "Bearer",
            "refresh_token": "r",
            "id_token": jwt.encode(claims, "k" * 32, algorithm="HS256"),
        }


class Handler:
    """A browser that comes back from the provider."""

    def get_argument(self, _name: str, *_: Any) -> str:
        """Return the code that the provider issued."""
        return "code"

    def get_state_cookie(self) -> str:
        """Return what the hub had stored in the browser."""
        return str(_serialize_state({"code_verifier": "v"}))
