"""The hub's configuration as the preview makes it of the chart's values, with what tests know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.preview.hub import configuring
from jupyterhub_eks.preview.hub.chart import DEFAULTS, PRIORITY, PRIORITY_CLASS, value_at
from jupyterhub_eks.releases.labels import HUB_NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traitlets.config import Config

__all__ = ["DEFAULTS", "PRIORITY", "PRIORITY_CLASS", "SERVICE_TOKEN", "configuration", "value_at"]

# That of every service; the chart makes one for each and keeps it in the Secret `hub`.
SERVICE_TOKEN = "token-of-a-service-in-tests"


def configuration(rendered: Mapping[str, Any]) -> Config:
    """Return the hub's configuration, with every entry of ``hub.extraConfig`` executed.

    Args:
        rendered: Values of the release, without the chart's own.
    """
    return configuring.configuration(
        rendered, namespace=HUB_NAMESPACE, token=lambda _name: SERVICE_TOKEN
    )
