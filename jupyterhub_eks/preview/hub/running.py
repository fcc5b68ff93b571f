"""The configuration of the previewed hub: the deployment's, on loopback."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.preview.document import SIGN, hub_host, sign_of
from jupyterhub_eks.preview.hub.cluster_servers import cluster_servers
from jupyterhub_eks.preview.hub.configuring import configuration
from jupyterhub_eks.preview.hub.culling import let_culler_in
from jupyterhub_eks.preview.hub.local_servers import local_servers
from jupyterhub_eks.preview.hub.placing import place_files
from jupyterhub_eks.preview.hub.pods_page import add_page

if TYPE_CHECKING:
    from traitlets.config import Config

    from jupyterhub_eks.preview.document import Document

_ACTIVITY_SECONDS: Final = 60
_POLL_SECONDS: Final = 5


def previewed(document: Document) -> Config:
    """Return the configuration.

    Raises:
        OSError: The state cannot be written.
    """
    values = place_files(document["values"], Path(document["state"]))
    config = configuration(
        values,
        namespace=document["namespace"],
        token=lambda _name: secrets.token_hex(32),
        spawner=cluster_servers(document) if "cluster" in document else local_servers(document),
    )
    add_page(config, document)
    _on_loopback(config, document)
    let_culler_in(config, values, document)
    _keep_state(config, Path(document["state"]))
    # A process of this machine is soon looked at; the page tells of its end as soon.
    config.Spawner.setdefault("poll_interval", _POLL_SECONDS)
    # Nobody restarts it, as a cluster does after so many failures.
    config.Spawner.consecutive_failure_limit = 0
    return config


def _on_loopback(config: Config, document: Document) -> None:
    hub: dict[str, Any] = {
        "bind_url": document["url"] + str(config.JupyterHub.get("base_url", "/")),
        # The hub leads there from addresses of the proxy that are none of a server.
        "public_url": document["url"] + str(config.JupyterHub.get("base_url", "/")),
        "hub_bind_url": f"http://{hub_host(document)}:{document['hub_port']}",
        "hub_connect_url": f"http://{hub_host(document)}:{document['hub_port']}",
        "proxy_class": "jupyterhub.proxy.ConfigurableHTTPProxy",
        "internal_ssl": False,
        "ssl_key": "",
        "ssl_cert": "",
        "cleanup_servers": True,
        "cleanup_proxy": False,
        "last_activity_interval": _ACTIVITY_SECONDS,
    }
    config.JupyterHub.update(hub)
    # As the chart has it: what happens is told from the first moment.
    settings = config.JupyterHub.setdefault("tornado_settings", {})
    settings.setdefault("slow_spawn_timeout", 0)
    settings["headers"] = {**settings.get("headers", {}), SIGN: sign_of(document)}
    config.ConfigurableHTTPProxy.update(
        {
            "should_start": False,
            "api_url": f"http://127.0.0.1:{document['proxy_api_port']}",
            "auth_token": document["proxy_token"],
        }
    )


def _keep_state(config: Config, state: Path) -> None:
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    config.JupyterHub.pop("cookie_secret", None)
    config.JupyterHub.update(
        {
            "db_url": f"sqlite:///{state / 'jupyterhub.sqlite'}",
            "cookie_secret_file": str(state / "cookie_secret"),
            "pid_file": "",
        }
    )
