"""What ``jhub validate`` says of a valid configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.cli.console.validation import resolved_summary
from jupyterhub_eks.config.load import ConfigSources, load
from tests.support.hub import DOMAIN, FEDERATED, deployment

if TYPE_CHECKING:
    from pathlib import Path

WHO: dict[str, Any] = {"admins": ["ann"], "allow": {"everyone": True}}


def summary(**flags: Any) -> dict[str, str]:
    """Return the summary of a configuration from flags alone."""
    overrides = {key.replace("__", "."): value for key, value in flags.items()}
    return resolved_summary(load(ConfigSources(overrides=overrides)).deployment)


def test_the_address_says_from_where_the_hub_is_opened() -> None:
    """In words of a newcomer, for each exposure there is."""
    cognito = {"auth__type": "cognito", "access__domain": "hub.example.org"}

    assert summary()["address"] == "none; the hub is opened through `kubectl port-forward`"
    assert summary(**cognito)["address"] == "https://hub.example.org, from the internet"
    assert (
        summary(**cognito, access__visibility="internal")["address"]
        == "https://hub.example.org, from inside the network only"
    )


@pytest.mark.parametrize(
    ("networks", "words"),
    [
        ((), "from inside the VPC only; `cluster.public_access_cidrs` opens it to your network"),
        (("203.0.113.0/24",), "from 203.0.113.0/24 and from inside the VPC"),
    ],
)
def test_who_reaches_the_cluster_is_one_line(networks: tuple[str, ...], words: str) -> None:
    """A private API is the default, so it is told and not warned of."""
    assert summary(cluster__public_access_cidrs=networks)["cluster API"] == words


@pytest.mark.parametrize(
    ("auth", "words"),
    [
        ({"type": "dummy"}, "dummy: one password for everybody, for trials"),
        ({"type": "native", **WHO}, "native: users sign up, an administrator approves"),
        ({"type": "custom", "authenticator": "a.b.C", **WHO}, "custom: class a.b.C"),
        ({"type": "cognito"}, "cognito: a pool of its own"),
        (
            {"type": "cognito", "existing": {"user_pool_id": "us-west-2_A1", "client_id": "c"}},
            "cognito: user pool us-west-2_A1",
        ),
        (FEDERATED, "cognito: a pool of its own, and behind it University, Partner"),
        ({"type": "oauth", "provider": "github", "client_id": "c", **WHO}, "oauth: GitHub"),
        ({"type": "oauth", "provider": "google", "client_id": "c", **WHO}, "oauth: Google"),
        (
            {
                "type": "oauth",
                "provider": "keycloak",
                "issuer": "https://login.example.org/realms/main",
                "client_id": "c",
                **WHO,
            },
            "oauth: Keycloak, https://login.example.org/realms/main",
        ),
        (
            {"type": "oauth", "issuer": "https://login.example.org", "client_id": "c", **WHO},
            "oauth: OpenID Connect, https://login.example.org",
        ),
    ],
)
def test_the_login_is_named_with_its_provider(auth: dict[str, Any], words: str) -> None:
    """By title and issuer, where one is configured."""
    access = {} if auth["type"] == "dummy" else DOMAIN
    assert resolved_summary(deployment(auth=auth, access=access))["login"] == words


def test_a_valid_configuration_needs_one_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No paragraph follows the facts."""
    monkeypatch.chdir(tmp_path)

    assert run(["validate"]) == 0
    out, err = capsys.readouterr()
    assert "warning" not in out + err
    assert len(out.splitlines()) <= 12
