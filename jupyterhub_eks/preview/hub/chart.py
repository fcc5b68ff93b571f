"""What the chart of JupyterHub gives to its hub besides our values."""

from __future__ import annotations

import os
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# Name of the chart, and of the release that a deploy makes of it.
CHART: Final = "jupyterhub"
RELEASE: Final = "jupyterhub"
# Class of priority that the chart makes, with the priority that it gives.
PRIORITY_CLASS: Final = f"{RELEASE}-default-priority"
PRIORITY: Final = 0
# Of the chart's own values those that shape user pods and are not always overridden.
DEFAULTS: Final[dict[str, Any]] = {
    "singleuser": {
        "extraLabels": {"hub.jupyter.org/network-access-hub": "true"},
        "image": {"name": "quay.io/jupyterhub/k8s-singleuser-sample"},
        "memory": {"guarantee": "1G"},
        "cmd": "jupyterhub-singleuser",
        "events": True,
        "networkTools": {"image": {"name": "quay.io/jupyterhub/k8s-network-tools"}},
        "cloudMetadata": {"blockWithIptables": True, "ip": "169.254.169.254"},
    },
    "scheduling": {
        "userPods": {
            "tolerations": [
                {"key": key, "operator": "Equal", "value": "user", "effect": "NoSchedule"}
                for key in ("hub.jupyter.org/dedicated", "hub.jupyter.org_dedicated")
            ]
        }
    },
}


def value_at(values: Mapping[str, Any], path: str) -> Any:
    """Return the value under keys joined by dots; None if there is none."""
    found: Any = values
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def chart_module(values: Mapping[str, Any]) -> ModuleType:
    """Return the module ``z2jh`` that the chart gives to what runs in the hub.

    Its Secrets are not at hand: whoever asks for a secret value gets the default.
    """

    def get_config(key: str, default: Any = None) -> Any:
        found = value_at(values, key)
        return default if found is None else found

    def set_config_if_not_none(section: Any, trait: str, key: str) -> None:
        if (found := value_at(values, key)) is not None:
            setattr(section, trait, found)

    def get_name(name: str) -> str:
        return name

    def get_name_env(name: str, suffix: str = "") -> str:
        return os.environ[name.upper().replace("-", "_") + suffix]

    def get_secret_value(_key: str, default: Any = None) -> Any:
        return default

    module = ModuleType("z2jh")
    for each in (
        get_config,
        set_config_if_not_none,
        get_name,
        get_name_env,
        get_secret_value,
    ):
        setattr(module, each.__name__, each)
    return module
