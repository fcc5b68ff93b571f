"""All values of the ``jupyterhub`` chart, in the order in which they are laid on top."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.releases.merging import base_values, merge
from jupyterhub_eks.releases.z2jh.appearance import appearance_values
from jupyterhub_eks.releases.z2jh.every_server import every_server
from jupyterhub_eks.releases.z2jh.exposure import exposure_values
from jupyterhub_eks.releases.z2jh.hooks import hook
from jupyterhub_eks.releases.z2jh.idle import idle_values
from jupyterhub_eks.releases.z2jh.login import login_values
from jupyterhub_eks.releases.z2jh.profiles import profile_values
from jupyterhub_eks.releases.z2jh.services import service_values
from jupyterhub_eks.releases.z2jh.storage import storage_values

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.releases.z2jh.inputs import HubInputs


def jupyterhub_values(deployment: Deployment, inputs: HubInputs) -> dict[str, Any]:
    """Return the values of the release; ``hub_values`` of the user have the last word.

    Raises:
        ConfigError: The login's provider cannot do what the allow rules ask.
    """
    settings = deployment.settings
    layers = (
        storage_values(settings.storage),
        idle_values(settings.idle),
        exposure_values(settings, inputs),
        login_values(settings, inputs),
        service_values(),
        profile_values(
            deployment.profiles,
            _extra_tolerations(settings.hub_values),
            storage=settings.storage,
            # Times of the user's own are not ours to describe.
            idle=None if "cull" in settings.hub_values else settings.idle,
            every=every_server(settings.hub_values),
            told=inputs.told,
        ),
        appearance_values(settings, inputs.told),
        hook("waiting"),
        settings.hub_values,
    )
    return reduce(merge, layers, base_values("jupyterhub"))


def _extra_tolerations(hub_values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the user's own tolerations, which a profile's list would replace."""
    singleuser = hub_values.get("singleuser")
    found = singleuser.get("extraTolerations") if isinstance(singleuser, dict) else None
    return list(found or [])
