"""``jhub validate --online``: findings of all providers at once, where they are written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.wrappers import Request, Response

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.oidc.online import questions_of
from tests.support.hub import FEDERATED, deployment
from tests.support.tls import certificate, listening

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OIDC = """\
name: hub
auth:
  type: oauth
  client_id: hub
  issuer: {issuer}
  admins: [root@example.org]
  allow: {{everyone: true}}
access: {{domain: hub.example.org, hosted_zone: example.org}}
cluster: {{public_access_cidrs: [203.0.113.0/24]}}
"""
COGNITO = """\
name: hub
auth:
  type: cognito
  identity_providers:
    University: {{oidc: {{issuer: "{issuer}/none", client_id: a, client_secret: {{env: A}}}}}}
    Partner: {{oidc: {{issuer: "{issuer}", client_id: b, client_secret: {{env: B}}}}}}
access: {{domain: hub.example.org, hosted_zone: example.org}}
cluster: {{public_access_cidrs: [203.0.113.0/24]}}
"""


class Issuer:
    """A provider with a document that can be changed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.url = folder, ""
        self.change: dict[str, Any] = {}
        self.asked: list[str] = []

    @Request.application
    def app(self, request: Request) -> Response:
        """Answer."""
        self.asked.append(request.path)
        if request.path != "/.well-known/openid-configuration":
            return Response("<html>", 404)
        names = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
        document = {"issuer": self.url} | {name: f"{self.url}/{name}" for name in names}
        return Response(json.dumps(document | self.change))


@pytest.fixture
def issuer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    """Yield a provider that is trusted, and be in an empty folder."""
    monkeypatch.chdir(tmp_path)
    pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    made = Issuer(tmp_path)
    with listening(made.app, pem) as made.url:
        yield made


def write(issuer: Issuer, text: str) -> None:
    """Write the configuration."""
    (issuer.folder / "jhub.yaml").write_text(text.format(issuer=issuer.url), encoding="utf-8")


def problems(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return what was reported."""
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["error"]["problems"]
    return [each for each in found if each["severity"] == "error"]


def test_a_provider_that_fits(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    """The configuration is valid, and it is said who was asked."""
    write(issuer, OIDC)
    assert run(["validate", "--online", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["providers"] == {"asked": [issuer.url]}
    assert run(["validate", "--online"]) == 0
    assert f"asked: {issuer.url}" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["validate", "cost"])
def test_nothing_is_asked_unless_wanted(issuer: Issuer, command: str) -> None:
    """Without the option no connection is opened."""
    write(issuer, OIDC)
    assert run([command]) == 0
    assert issuer.asked == []


def test_findings_stand_at_the_issuer(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    """All of them, with file, line and remedy, beside those of the files."""
    issuer.change = {"issuer": "https://other.example.org", "token_endpoint": None}
    write(issuer, OIDC + "storage: {{backup_days: -1}}\n")
    assert run(["validate", "--online", "--json"]) == 3
    found = problems(capsys)
    assert [each["line"] for each in found if each["path"] == "auth.issuer"] == [5, 5]
    assert any(each["path"].startswith("storage") for each in found)
    assert all(each["hint"] for each in found)


def test_providers_behind_cognito(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    """Each is asked; what is wrong stands at the one of which it is true."""
    write(issuer, COGNITO)
    assert run(["validate", "--online", "--json"]) == 3
    (found,) = problems(capsys)
    assert found["path"] == "auth.identity_providers.University.oidc.issuer"
    assert (found["file"], found["line"]) == ("jhub.yaml", 5)
    assert "not an issuer" in found["message"]


def test_certificate_that_is_not_trusted(
    issuer: Issuer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The remedy is about the certificate, for this command and for the hub."""
    monkeypatch.delenv("SSL_CERT_FILE")
    write(issuer, OIDC)
    assert run(["validate", "--online", "--json"]) == 3
    (found,) = problems(capsys)
    assert "certificate is not trusted" in found["message"]
    assert "SSL_CERT_FILE" in found["hint"]
    assert "docs/logins/oidc.md" in found["hint"]
    assert "proxy" not in found["hint"]


@pytest.mark.parametrize(("text", "code"), [(OIDC, 0), (COGNITO, 3)])
def test_slash_at_the_end_counts_for_cognito_only(
    issuer: Issuer, text: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """It compares the issuer of each id token; the hub leaves the slash out on both sides."""
    issuer.change = {"issuer": f"{issuer.url}/"}
    write(issuer, text.replace("{issuer}/none", "{issuer}/"))
    assert run(["validate", "--online", "--json"]) == code
    if code:
        (found,) = problems(capsys)
        assert found["path"] == "auth.identity_providers.Partner.oidc.issuer"
        assert "slash at the end" in found["message"]
        assert found["hint"] == f"write `issuer: {issuer.url}/`"


@pytest.mark.parametrize(
    ("auth", "asked"),
    [
        ({"provider": "google"}, ["https://accounts.google.com"]),
        ({"provider": "gitlab"}, ["https://gitlab.com"]),
        ({"provider": "github"}, []),
        ({"provider": "cilogon", "issuer": "https://idp.example.edu/idp"}, ["https://cilogon.org"]),
        (
            {"provider": "entra", "issuer": "https://login.microsoftonline.com/1-2/"},
            ["https://login.microsoftonline.com/1-2/v2.0"],
        ),
        ({"provider": "okta", "issuer": "https://o.okta.com/a"}, ["https://o.okta.com/a"]),
    ],
)
def test_whom_each_provider_means(auth: dict[str, Any], asked: list[str]) -> None:
    """The document of the provider itself; for an institution behind CILogon, CILogon's."""
    section = {"type": "oauth", "client_id": "c", "admins": ["a"], "allow": {"everyone": True}}
    found = questions_of(deployment(auth={**section, **auth}).settings.auth)
    assert [each.issuer for each in found] == asked


def test_only_openid_connect_is_asked_behind_cognito() -> None:
    """SAML metadata is Cognito's affair; nothing is asked of a pool."""
    found = list(questions_of(deployment(auth=FEDERATED).settings.auth))
    assert [each.issuer for each in found] == ["https://login.example.com"]
    assert not list(questions_of(deployment(auth={"type": "dummy"}).settings.auth))
