"""What ``jhub validate`` says of a valid configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.cli.console.validation import resolved_summary
from jupyterhub_eks.config.load import ConfigSources, load

if TYPE_CHECKING:
    from pathlib import Path


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


def test_a_valid_configuration_needs_one_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No paragraph follows the facts."""
    monkeypatch.chdir(tmp_path)

    assert run(["validate"]) == 0
    out, err = capsys.readouterr()
    assert "warning" not in out + err
    assert len(out.splitlines()) <= 12
