"""The configuration of the previewed hub."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from jupyterhub_eks.preview.hub.local_servers import LocalServers
from jupyterhub_eks.preview.hub.running import previewed
from tests.support.hub import ENVIRONMENT
from tests.support.preview_document import document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from traitlets.config import Config


@pytest.fixture(autouse=True)
def _variables() -> Iterator[None]:
    with patch.dict(os.environ, ENVIRONMENT):
        yield


def service(config: Config, name: str) -> list[str]:
    """Return the command of a service."""
    found = next(each for each in config.JupyterHub.services if each["name"] == name)
    return list(found["command"])


def test_what_runs_in_the_hub_is_made_of_the_local_spawner(tmp_path: Path) -> None:
    """`waiting.py` makes its class of whatever is there, so both are at work."""
    kind = previewed(document(tmp_path)).JupyterHub.spawner_class

    assert kind.__name__ == "TellingSpawner"
    assert issubclass(kind, LocalServers)
    assert kind.document["name"] == "demo"


def test_everything_listens_on_loopback(tmp_path: Path) -> None:
    """Hub, proxy and what the proxy is told; nothing of it is started by the hub."""
    config = previewed(document(tmp_path))

    assert config.JupyterHub.bind_url == "http://127.0.0.1:8000/"
    assert config.JupyterHub.hub_bind_url == "http://127.0.0.1:8001"
    assert config.JupyterHub.hub_connect_url == "http://127.0.0.1:8001"
    assert config.ConfigurableHTTPProxy.api_url == "http://127.0.0.1:8002"
    assert config.ConfigurableHTTPProxy.auth_token == "token-of-the-proxy"
    assert config.ConfigurableHTTPProxy.should_start is False


def test_the_configuration_s_own_values_cannot_lead_it_elsewhere(tmp_path: Path) -> None:
    """Database, addresses and secrets of a deployment are not those of its preview."""
    own = {
        "JupyterHub": {
            "db_url": "postgresql://somewhere",
            "hub_bind_url": "http://:8081",
            "cookie_secret": "00" * 32,
            "cleanup_servers": False,
        }
    }
    settings = {"hub_values": {"hub": {"config": own}}}

    hub = previewed(document(tmp_path, settings)).JupyterHub

    assert hub.db_url == f"sqlite:///{tmp_path / 'jupyterhub.sqlite'}"
    assert hub.hub_bind_url == "http://127.0.0.1:8001"
    assert "cookie_secret" not in hub
    assert hub.cookie_secret_file == str(tmp_path / "cookie_secret")
    assert hub.cleanup_servers is True


def test_settings_of_the_hub_are_those_of_the_values(tmp_path: Path) -> None:
    """Named servers, limits and the base URL, with the page of pods below it."""
    hub_values = {"allowNamedServers": True, "namedServerLimitPerUser": 2, "baseUrl": "/jupyter/"}
    settings = {"hub_values": {"hub": hub_values}}

    hub = previewed(document(tmp_path, settings)).JupyterHub

    assert (hub.allow_named_servers, hub.named_server_limit_per_user) == (True, 2)
    assert hub.bind_url == "http://127.0.0.1:8000/jupyter/"
    assert hub.template_vars["preview_pods_url"] == "/jupyter/hub/preview/pods"


def test_the_hub_does_not_end_because_starts_fail(tmp_path: Path) -> None:
    """In a cluster it is started again after five; here it would be gone."""
    assert previewed(document(tmp_path)).Spawner.consecutive_failure_limit == 0


def test_idle_servers_are_ended_as_the_chart_says(tmp_path: Path) -> None:
    """The times are those of the configuration."""
    settings = {"idle": {"server_minutes": 20, "max_age_hours": 3}}

    command = service(previewed(document(tmp_path, settings)), "jupyterhub-idle-culler")

    assert command[-4:] == [
        "--timeout=1200",
        "--cull-every=300",
        "--concurrency=10",
        "--max-age=10800",
    ]
    assert "--url=http://127.0.0.1:8001/hub/api" in command


def test_idle_servers_are_ended_sooner_on_request(tmp_path: Path) -> None:
    """Also where the configuration ends none; activity is then looked at as often."""
    settings = {"hub_values": {"cull": {"enabled": False}}}

    config = previewed(document(tmp_path, settings, cull_after=60))

    assert "--timeout=60" in service(config, "jupyterhub-idle-culler")
    assert "--cull-every=15" in service(config, "jupyterhub-idle-culler")
    assert config.JupyterHub.last_activity_interval == 15


def test_no_culler_runs_where_the_configuration_has_none(tmp_path: Path) -> None:
    """As the chart, which leaves service and role out."""
    settings = {"hub_values": {"cull": {"enabled": False}}}

    hub = previewed(document(tmp_path, settings)).JupyterHub

    assert [each["name"] for each in hub.services] == ["jhub"]
    assert [each["name"] for each in hub.load_roles] == ["jhub"]


@pytest.mark.parametrize(
    ("cull", "option"),
    [
        ({"users": True}, "--cull-users"),
        ({"adminUsers": False}, "--cull-admin-users=false"),
        ({"removeNamedServers": True}, "--remove-named-servers"),
    ],
)
def test_other_settings_of_the_culler_are_kept(
    tmp_path: Path, cull: dict[str, bool], option: str
) -> None:
    """Each becomes the option that the chart makes of it."""
    config = previewed(document(tmp_path, {"hub_values": {"cull": cull}}))

    assert option in service(config, "jupyterhub-idle-culler")
