"""Each login as the real ``jhub`` deploys it: what the hub would load of the cluster, and take.

One deployment whose login is changed, so that little but the hub is deployed anew.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from lightkube import Client, KubeConfig
from lightkube.resources.apps_v1 import Deployment
from lightkube.resources.core_v1 import Secret

from jupyterhub_eks.releases.labels import HUB_NAMESPACE
from tests.cluster.hub_chart import pack_hub
from tests.cluster.life import REGION
from tests.support.command import ensure_terraform, make_jhub
from tests.support.helm import helm_or_skip
from tests.support.hub_configuration import configuration
from tests.support.logins import type_password
from tests.support.running_hub import authenticator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jupyterhub_eks.local.cluster.programs import Build

NAME = "logins"
HOST = "hub.example.org"
PORT_FORWARD = {"visibility": "port-forward"}
PUBLIC = {
    "domain": HOST,
    "certificate_arn": f"arn:aws:acm:{REGION}:000000000000:certificate/"
    "12345678-1234-1234-1234-123456789012",
}
DUMMY = {"type": "dummy", "admins": ["root"], "allow": {"users": ["bob"]}}
NATIVE = {"type": "native", "admins": ["teacher"], "allow": {"everyone": True}}
COGNITO = {"type": "cognito", "admins": ["root@example.org"], "allow": {"groups": ["users"]}}
OAUTH = {
    "type": "oauth",
    "provider": "github",
    "client_id": "client-7",
    "admins": ["root"],
    "allow": {"users": ["bob"]},
}
CUSTOM = {
    "type": "custom",
    "authenticator": "jupyterhub.authenticators.shared.SharedPasswordAuthenticator",
    "config": {"SharedPasswordAuthenticator": {"user_password": {"secret": "SHARED"}}},
    "secrets": {"SHARED": {"env": "OF_ALL"}},
    "admins": ["root"],
    "allow": {"users": ["bob"]},
}


class Logins:
    """A deployment whose login is changed by its file."""

    def __init__(self, folder: Path) -> None:
        self._jhub = make_jhub(folder, kubernetes=True)
        self._charts = folder / "charts"
        self._charts.mkdir()
        pack_hub(self._charts)

    def deploy(
        self, auth: Mapping[str, Any], access: Mapping[str, str], code: int = 0, **given: str
    ) -> str:
        """Deploy with a login, and with variables for this once."""
        settings = {"name": NAME, "region": REGION, "auth": auth, "access": access}
        (self._jhub.folder / "jhub.yaml").write_text(yaml.safe_dump(settings))
        self._jhub.env.update(given)
        arguments = ("deploy", "--local", "--yes", "--changed", "--chart-dir", str(self._charts))
        process = self._jhub.start(*arguments)
        out, err = process.communicate(timeout=900)
        for name in given:
            del self._jhub.env[name]
        assert process.returncode == code, f"{auth['type']}: {process.returncode}\n{out}\n{err}"
        return out + err

    def loaded(self, patch: pytest.MonkeyPatch) -> tuple[Any, dict[str, str]]:
        """Return the login that the hub makes of the cluster, and the variables that it reads."""
        path = self._jhub.folder / ".jhub" / "local-cluster" / NAME / "kubeconfig"
        config = KubeConfig.from_file(path).get()
        with Client(config=config, trust_env=False) as client:
            values = yaml.safe_load(_contents(client, "hub")["values.yaml"])
            hub = client.get(Deployment, "hub", namespace=HUB_NAMESPACE).to_dict()
            asked = hub["spec"]["template"]["spec"]["containers"][0]["env"]
            keys = {each["name"]: each["valueFrom"]["secretKeyRef"] for each in asked}
            variables = {
                name: _contents(client, key["name"])[key["key"]] for name, key in keys.items()
            }
        for name, value in variables.items():
            patch.setenv(name, value)
        return authenticator(configuration(values)), variables

    def end(self) -> None:
        """Stop what runs."""
        self._jhub.run("local", "stop", "--force")


def _contents(client: Client, name: str) -> dict[str, str]:
    data = client.get(Secret, name, namespace=HUB_NAMESPACE).data or {}
    return {key: base64.b64decode(text).decode() for key, text in data.items()}


@pytest.fixture
def logins(build: Build, tmp_path: Path) -> Iterator[Logins]:
    """A folder for a deployment."""
    assert build.complete
    ensure_terraform()
    helm_or_skip()
    made = Logins(tmp_path)
    yield made
    made.end()


def test_each_login_is_deployed(logins: Logins, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its secrets are in the cluster, the hub reads them, and lets in whom the file names.

    A client secret stays when a later deploy is not given it, and goes with its login.
    """
    logins.deploy(DUMMY, PORT_FORWARD)
    login, first = logins.loaded(monkeypatch)
    assert set(first) == {"JHUB_USER_PASSWORD", "JHUB_ADMIN_PASSWORD"}
    assert type_password(login, "bob", first["JHUB_USER_PASSWORD"])
    assert not type_password(login, "eve", first["JHUB_USER_PASSWORD"])
    assert type_password(login, "root", first["JHUB_ADMIN_PASSWORD"])

    logins.deploy(NATIVE, PUBLIC)
    login, native = logins.loaded(monkeypatch)
    assert native == {"JHUB_ADMIN_PASSWORD": first["JHUB_ADMIN_PASSWORD"]}
    given = native["JHUB_ADMIN_PASSWORD"]
    assert not type_password(login, "teacher", given)
    assert type_password(login, "teacher", given, chosen="a password of their own")

    logins.deploy(COGNITO, PUBLIC)
    login, cognito = logins.loaded(monkeypatch)
    assert (login.client_secret, login.allowed_groups) == (
        cognito["OAUTH_CLIENT_SECRET"],
        {"users"},
    )
    assert login.client_id

    assert "of another client" in logins.deploy(OAUTH, PUBLIC, code=4)
    said = logins.deploy(OAUTH, PUBLIC, JHUB_CLIENT_SECRET="of-the-environment")
    assert "of-the-environment" not in said
    login, oauth = logins.loaded(monkeypatch)
    assert oauth == {"OAUTH_CLIENT_SECRET": "of-the-environment"}
    assert (login.client_id, login.client_secret) == ("client-7", "of-the-environment")
    logins.deploy({**OAUTH, "block": ["eve"]}, PUBLIC)
    login, oauth = logins.loaded(monkeypatch)
    assert oauth == {"OAUTH_CLIENT_SECRET": "of-the-environment"}
    assert login.blocked_users == {"eve"}

    assert "OF_ALL is not set" in logins.deploy(CUSTOM, PUBLIC, code=4)
    logins.deploy(CUSTOM, PUBLIC, OF_ALL="a password of all of them")
    login, custom = logins.loaded(monkeypatch)
    assert custom == {"SHARED": "a password of all of them"}
    assert type_password(login, "bob", custom["SHARED"])
    assert not type_password(login, "eve", custom["SHARED"])
