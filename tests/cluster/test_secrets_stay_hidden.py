"""A whole run on a real Kubernetes API, with planted secrets that nobody and nothing may show."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import boto3
import pytest
from lightkube import Client, KubeConfig
from lightkube.resources.apps_v1 import Deployment
from lightkube.resources.core_v1 import Secret

from jupyterhub_eks.local import supervisor
from jupyterhub_eks.orchestration.hub_objects import SECRETS_OF
from tests.cluster.hub_chart import pack_hub
from tests.cluster.life import REGION
from tests.support.command import ensure_terraform, make_jhub
from tests.support.helm import helm_or_skip
from tests.support.traces import CommandLines, files_with, found_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterhub_eks.local.cluster.programs import Build

NAME = "hidden"
SPACE = "jupyterhub"
STORED = "lab/other-password"
SETTINGS = f"""\
name: {NAME}
region: {REGION}
auth:
  type: custom
  authenticator: ldapauthenticator.LDAPAuthenticator
  admins: [root]
  allow: {{users: [alice]}}
  secrets:
    LDAP_PASSWORD: {{env: THEIRS}}
    OTHER_PASSWORD: {{secrets_manager: "{STORED}"}}
access: {{visibility: port-forward}}
"""
PLANTED = {
    "environment": 'planted+Environment/"5cb1"&x',
    "store": "planted=Store\\4f90 in two words",
    "rotated": "planted%Rotated#a7e2'once",
    "changed": "planted:Changed;e61d<again>",
}
# Where they have to be: what Terraform knows, what the API server keeps, where one is taken from,
# and what was asked for as a file.
_PLACES = ("terraform/state/", "local-cluster/", "local-aws/", "plans/")


class Watched:
    """The real ``jhub`` in a folder, with everything that it prints."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.charts = folder / "charts"
        self.charts.mkdir()
        (folder / "temporary").mkdir()
        self._jhub = make_jhub(folder, kubernetes=True)
        (folder / "jhub.yaml").write_text(SETTINGS)
        self._jhub.env["TMPDIR"] = str(folder / "temporary")
        self.printed = b""

    def run(self, *arguments: str, given: str = "", code: int = 0) -> str:
        """Run a command and keep what it prints; ``given`` is in the variable that is named."""
        self._jhub.env.pop("THEIRS", None)
        self._jhub.env.update({"THEIRS": given} if given else {})
        process = self._jhub.start(*arguments)
        out, err = process.communicate(timeout=900)
        self.printed += (out + err).encode()
        assert process.returncode == code, f"{arguments}: {process.returncode}\n{out}\n{err}"
        return out + err

    def store(self, secret: str) -> None:
        """Put a secret into the Secrets Manager of the embedded AWS."""
        env = supervisor.ensure_running(self.folder / ".jhub").env
        boto3.client(
            "secretsmanager",
            region_name=REGION,
            endpoint_url=env["AWS_ENDPOINT_URL"],
            aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        ).create_secret(Name=STORED, SecretString=secret)

    def client(self) -> Client:
        """Return an administrator of the cluster."""
        path = self.folder / ".jhub" / "local-cluster" / NAME / "kubeconfig"
        return Client(config=KubeConfig.from_file(path).get(), trust_env=False)

    def held(self, name: str) -> dict[str, str]:
        """Return what a Secret of the hub's namespace holds, but for the chart's values."""
        with self.client() as client:
            data = dict(client.get(Secret, name, namespace=SPACE).data or {})
        data.pop("values.yaml", None)
        return {key: base64.b64decode(text).decode() for key, text in data.items()}

    def restarted(self, name: str) -> bool:
        """Whether a Deployment was restarted for new secrets."""
        with self.client() as client:
            found = client.get(Deployment, name, namespace=SPACE)
        assert found.spec is not None
        metadata = found.spec.template.metadata
        return SECRETS_OF in ((metadata.annotations if metadata else None) or {})

    def end(self) -> None:
        """Stop what runs."""
        self._jhub.run("local", "stop", "--force")


@pytest.fixture
def watched(build: Build, tmp_path: Path) -> Iterator[Watched]:
    """A folder for one run."""
    assert build.complete
    ensure_terraform()
    helm_or_skip()
    made = Watched(tmp_path)
    pack_hub(made.charts)
    yield made
    made.end()


def test_a_whole_run_shows_no_secret(watched: Watched) -> None:
    """Neither files, logs, output nor command lines hold one, but where each has to be.

    What is not given again stays and is no change; what is rotated survives the next deploy.
    """
    target = ("--local", "--chart-dir", str(watched.charts))
    planted, store = PLANTED["environment"], PLANTED["store"]
    with CommandLines() as lines:
        assert "THEIRS is not set" in watched.run("deploy", *target, "--yes", code=4)
        watched.store(store)
        watched.run("deploy", *target, "--yes", given=planted)
        login, first = watched.held("hub-login"), watched.held("hub")
        assert login == {"LDAP_PASSWORD": planted, "OTHER_PASSWORD": store}

        said = watched.run("plan", *target, "--exit-code", "--out", "plans")
        assert "THEIRS is not set; what is there stays" in said
        for command in ("status", "output", "render", "secrets list"):
            watched.run(*command.split(), "--local")
            watched.run(*command.split(), "--local", "--json")
        watched.run("eject", "ejected")

        given = PLANTED["rotated"]
        watched.run("secrets", "rotate", "--local", "--dry-run", given=given)
        assert (watched.held("hub-login"), watched.held("hub")) == (login, first)
        watched.run("secrets", "rotate", "--local", "--yes", given=given)
        second = watched.held("hub")
        assert watched.held("hub-login") == {**login, "LDAP_PASSWORD": given}
        assert not set(first.values()) & set(second.values())
        keys = "hub.config.CryptKeeper.keys"
        assert second[keys].split(";")[1:] == [first[keys]]
        assert watched.restarted("hub")
        assert watched.restarted("proxy")

        changed = PLANTED["changed"]
        watched.run("deploy", *target, "--yes", given=changed)
        assert watched.held("hub") == second
        assert watched.held("hub-login") == {**login, "LDAP_PASSWORD": changed}
        watched.run("plan", *target, "--exit-code")

        secrets = {**PLANTED, **first, **{f"new {key}": each for key, each in second.items()}}
        secrets[f"new {keys}"] = second[keys].split(";")[0]
        _check_files(watched.folder, secrets)
        watched.run("destroy", "--local", "--yes")
    _check_files(watched.folder, secrets)
    assert not found_in(watched.printed, secrets)
    shown = [line for line in lines.seen if found_in(line, secrets)]
    assert not shown
    assert any(b"terraform\0apply" in line for line in lines.seen)
    assert not list((watched.folder / "temporary").rglob("jhub-*"))


def _check_files(folder: Path, secrets: dict[str, str]) -> None:
    """Fail if a file holds a secret that is none of its own, or that others can read."""
    found = files_with(folder, secrets)
    astray = {str(path): names for path, names in found.items() if not _is_allowed(str(path))}
    assert not astray
    private = folder / ".jhub"
    if private.exists():
        assert private.stat().st_mode & 0o077 == 0
    for path in found:
        if "terraform/state/" in str(path) or str(path).startswith("plans/"):
            assert (folder / path).stat().st_mode & 0o777 == 0o600


def _is_allowed(path: str) -> bool:
    return any(place in path for place in _PLACES) and not path.endswith(".log")
