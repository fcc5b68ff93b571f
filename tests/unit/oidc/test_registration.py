"""``jhub auth show``: what is entered at the provider, and what the hub makes of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.config.logins.presets import PRESETS
from jupyterhub_eks.oidc.registration import Registration, registration_of
from tests.support.hub import COGNITO, DOMAIN, EXISTING_POOL, FEDERATED, NATIVE, deployment, values

if TYPE_CHECKING:
    from pathlib import Path

HERE = "https://hub.example.org"
PAGE = "https://login.example.org"


def shown(auth: dict[str, Any]) -> Registration:
    """Return what is shown of a login."""
    access = {} if auth["type"] == "dummy" else DOMAIN
    settings = deployment(auth=auth, access=access).settings
    return registration_of(settings, login_page=PAGE, port=8765)


def oauth(provider: str) -> dict[str, Any]:
    """Return the section of a provider."""
    issuer = {"issuer": PRESETS[provider].issuer} if PRESETS[provider].issuer else {}
    found = {"type": "oauth", "provider": provider, "client_id": "c", "admins": ["root"], **issuer}
    return {**found, "allow": {"users": ["bob"]}}


@pytest.mark.parametrize("provider", PRESETS)
def test_what_is_shown_is_what_the_hub_is_given(provider: str) -> None:
    """Callback, scopes and client are those among the chart's values."""
    found = shown(oauth(provider))
    config = values(auth=oauth(provider), access=DOMAIN)["hub"]["config"]
    (section,) = (each for name, each in config.items() if name.endswith("OAuthenticator"))
    assert found.callback == section["oauth_callback_url"] == f"{HERE}/hub/oauth_callback"
    assert list(found.scopes) == section["scope"]
    assert found.client_id == section["client_id"]
    assert found.test_callback == "http://localhost:8765/hub/oauth_callback"
    assert found.name
    assert found.groups


@pytest.mark.parametrize("provider", PRESETS)
def test_url_after_a_logout_where_the_provider_ends_its_session(provider: str) -> None:
    """It has to be registered there; where there is no such thing, that is said."""
    found = shown(oauth(provider))
    ends = provider not in ("github", "google", "gitlab", "cilogon")
    assert found.logout == (f"{HERE}/hub/login" if ends else "")
    assert ("offers no way" in found.logout_ends) == (not ends)


def test_pool_that_is_made() -> None:
    """Nothing is to be entered for the hub; each provider behind needs the pool's addresses."""
    found = shown(FEDERATED)
    assert any(PAGE in each for each in found.made)
    assert f"its client's callback URL, {HERE}/hub/oauth_callback" in found.made
    assert f"its client's logout URL, {HERE}/hub/login" in found.made
    saml, oidc = found.behind
    assert (saml.protocol, saml.callback) == ("saml", f"{PAGE}/saml2/idpresponse")
    assert saml.entity_id.startswith("urn:amazon:cognito:sp:")
    assert (oidc.protocol, oidc.callback) == ("oidc", f"{PAGE}/oauth2/idpresponse")
    sources = {each.name: each.source for each in found.secrets}
    assert "PARTNER_CLIENT_SECRET" in sources["client secret of Partner"]


def test_pool_that_is_there() -> None:
    """Its client needs the hub's addresses; nothing is made."""
    found = shown(EXISTING_POOL)
    assert found.made == ()
    assert (found.callback, found.logout) == (f"{HERE}/hub/oauth_callback", f"{HERE}/hub/login")
    assert found.client_id == "client0123456789"


@pytest.mark.parametrize(
    ("auth", "enters"),
    [
        ({"type": "dummy"}, "everyone who has the password"),
        (NATIVE, "everyone whom an administrator has approved"),
        (COGNITO, "members of users"),
        (
            {
                "type": "custom",
                "authenticator": "lab.Login",
                "admins": ["root"],
                "allow": {"pattern": "s[0-9]+"},
            },
            "names that are all of `s[0-9]+`",
        ),
    ],
)
def test_who_gets_in_with_every_type(auth: dict[str, Any], enters: str) -> None:
    """In words; whoever was invited, too, where the hub keeps that."""
    found = shown(auth)
    assert found.enters[0] == enters
    assert any("invited" in each for each in found.enters) == (auth["type"] != "cognito")
    assert bool(found.test_callback) == (auth["type"] == "oauth")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (None, "variable `JHUB_CLIENT_SECRET`"),
        ({"env": "LAB_SECRET"}, "variable `LAB_SECRET`"),
        ({"secrets_manager": "lab/hub"}, "`lab/hub` in AWS Secrets Manager"),
    ],
)
def test_where_the_client_secret_comes_from(source: dict[str, str] | None, said: str) -> None:
    """Always said, whatever is configured."""
    (secret,) = shown({**oauth("gitlab"), "client_secret": source}).secrets
    assert said in secret.source


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JHUB_CLIENT_SECRET", raising=False)
    return tmp_path


def test_show_as_people_and_scripts_see_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without any deployment; the login page of a pool is known before it is made."""
    access = ["--domain", "hub.example.org"]
    assert run(["auth", "show", "--auth", "cognito", *access]) == 0
    text = capsys.readouterr().out
    assert ".auth.us-west-2.amazoncognito.com" in text
    assert "members of admins" in text
    assert run(["auth", "show", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["type"] == "dummy"


def test_login_without_a_provider_to_ask(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said what to do instead."""
    assert run(["auth", "test", "--auth", "dummy"]) == 2
    assert "no provider that could be asked" in capsys.readouterr().err


def test_pool_that_is_not_there_yet(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing can be tried at it, and a deploy comes first."""
    flags = ["--auth", "cognito", "--domain", "hub.example.org"]
    assert run(["auth", "test", "--port", "18765", *flags]) == 4
    said = capsys.readouterr().err
    assert "there is no user pool" in said
    assert "jhub deploy" in said


def test_secret_of_another_client(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is not sought where that of the configured one is; without a terminal nobody is asked."""
    auth = {**oauth("gitlab"), "client_secret": {"secrets_manager": "lab/hub"}}
    (folder / "jhub.yaml").write_text(json.dumps({"auth": auth, "access": DOMAIN}))
    assert run(["auth", "test", "--client-id", "trial"]) == 2
    assert "JHUB_CLIENT_SECRET is not set" in capsys.readouterr().err
