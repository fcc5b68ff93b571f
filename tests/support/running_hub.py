"""The rendered values as JupyterHub reads them: its configuration, login and spawner.

``configuration`` maps values to settings as the chart's own configuration file does
(z2jh 4.4.0, ``files/hub/jupyterhub_config.py``), as far as the values use it.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from io import BytesIO
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import jwt
from jupyterhub.app import JupyterHub
from jupyterhub.orm import new_session_factory
from kubespawner import KubeSpawner
from nativeauthenticator import NativeAuthenticator
from oauthenticator.oauth2 import _serialize_state
from tornado.httpclient import HTTPResponse
from traitlets.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jupyterhub.auth import Authenticator
    from sqlalchemy.orm import Session
    from tornado.httpclient import HTTPRequest

# Traits of the spawner by the chart's values, where the two differ in more than case.
_SPAWNER = {
    "allow_privilege_escalation": "allowPrivilegeEscalation",
    "start_timeout": "startTimeout",
    "extra_annotations": "extraAnnotations",
    "uid": "uid",
    "fs_gid": "fsGid",
    "default_url": "defaultUrl",
    "profile_list": "profileList",
}


def configuration(rendered: Mapping[str, Any]) -> Config:
    """Return the hub's configuration, with every entry of ``hub.extraConfig`` executed."""
    config = Config()
    hub, singleuser = rendered["hub"], rendered["singleuser"]
    config.JupyterHub.authenticate_prometheus = hub["authenticatePrometheus"]
    config.JupyterHub.concurrent_spawn_limit = hub["concurrentSpawnLimit"]
    config.KubeSpawner.namespace = "jupyterhub"
    for trait, key in _SPAWNER.items():
        setattr(config.KubeSpawner, trait, singleuser[key])
    config.KubeSpawner.volumes, config.KubeSpawner.volume_mounts = _volumes(singleuser["storage"])
    for section, settings in hub["config"].items():
        config[section].update(settings)
    with _chart_module(rendered):
        scope: dict[str, Any] = {"c": config}
        for name, code in sorted(hub.get("extraConfig", {}).items()):
            exec(compile(code, name, "exec"), scope)  # noqa: S102 - as the hub does
    return config


def _volumes(storage: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    static = storage["static"]
    volumes = {"home": {"name": "home", "persistentVolumeClaim": {"claimName": static["pvcName"]}}}
    mounts = {
        "home": {
            "name": "home",
            "mountPath": storage["homeMountPath"],
            "subPath": static["subPath"],
        }
    }
    return volumes | storage["extraVolumes"], mounts | storage["extraVolumeMounts"]


@contextmanager
def _chart_module(rendered: Mapping[str, Any]) -> Iterator[None]:
    """Give what runs in the hub the module ``z2jh`` that the chart puts there."""

    def get_config(key: str, default: Any = None) -> Any:
        found: Any = rendered
        for part in key.split("."):
            if not isinstance(found, dict) or part not in found:
                return default
            found = found[part]
        return found

    module = ModuleType("z2jh")
    module.get_config = get_config  # type: ignore[attr-defined]
    sys.modules["z2jh"] = module
    try:
        yield
    finally:
        del sys.modules["z2jh"]


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
    with patch("kubernetes_asyncio.config.load_incluster_config"):
        made = KubeSpawner(config=config, user=owner, hub=_Hub(), orm_spawner=_Record(), _mock=True)
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
        pages: Further answers by URL.
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

    async def fetch(self, request: HTTPRequest, **_: Any) -> HTTPResponse:
        """Answer a request of the hub."""
        url = request.url.partition("?")[0]
        self.asked.append(url)
        answer = self.pages.get(url)
        if answer is None:
            answer = self._tokens() if request.method == "POST" else self.claims
        return HTTPResponse(request, 200, buffer=BytesIO(json.dumps(answer).encode()))

    def _tokens(self) -> dict[str, Any]:
        # Expired long ago, as it is when a login is renewed.
        claims = {**self.claims, "aud": "client-1", "exp": 1, **self.token_claims}
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
