"""The service that ends idle servers, asked for as the chart does (z2jh 4.4.0)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.preview.document import hub_host

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traitlets.config import Config

    from jupyterhub_eks.preview.document import Document

NAME: Final = "jupyterhub-idle-culler"
# Of the chart, where the values say nothing.
DEFAULTS: Final[dict[str, Any]] = {
    "enabled": True,
    "users": False,
    "adminUsers": True,
    "removeNamedServers": False,
    "timeout": 3600,
    "every": 600,
    "concurrency": 10,
    "maxAge": 0,
}
_SCOPES: Final = ("list:users", "read:users:activity", "read:servers", "delete:servers")


def let_culler_in(config: Config, values: Mapping[str, Any], document: Document) -> None:
    """Add the service and its role, if the values or the caller want it."""
    asked = {**DEFAULTS, **(values.get("cull") or {})}
    after = document["cull_after"]
    if after is not None:
        # Looked for often enough that nobody waits for twice the time.
        asked |= {"enabled": True, "timeout": after, "every": max(1, after // 4)}
        config.JupyterHub.last_activity_interval = max(1, after // 4)
    if not asked["enabled"]:
        return
    base = str(config.JupyterHub.get("base_url", "/")).rstrip("/")
    url = f"http://{hub_host(document)}:{document['hub_port']}{base}/hub/api"
    config.JupyterHub.services.append(
        {
            "name": NAME,
            "command": [
                *(sys.executable, "-m", "jupyterhub_eks.preview.hub.with_parent"),
                *("jupyterhub_idle_culler", f"--url={url}"),
                *_options(asked),
            ],
        }
    )
    scopes = [*_SCOPES, *(["admin:users"] if asked["users"] else [])]
    config.JupyterHub.load_roles.append({"name": NAME, "scopes": scopes, "services": [NAME]})


def _options(asked: Mapping[str, Any]) -> list[str]:
    """Return the command's options, those that the chart leaves out left out."""
    numbers = {
        "--timeout": asked["timeout"],
        "--cull-every": asked["every"],
        "--concurrency": asked["concurrency"],
        "--max-age": asked["maxAge"],
    }
    options = [f"{name}={value}" for name, value in numbers.items() if value]
    if asked["users"]:
        options.append("--cull-users")
    if not asked["adminUsers"]:
        options.append("--cull-admin-users=false")
    if asked["removeNamedServers"]:
        options.append("--remove-named-servers")
    return options
