"""The releases of stack ``hub``: what JupyterHub stands on, and JupyterHub. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.releases import catalog, labels
from jupyterhub_eks.releases.merging import base_values, merge
from jupyterhub_eks.releases.model import Release
from jupyterhub_eks.releases.z2jh import names
from jupyterhub_eks.releases.z2jh.login import (
    generated_passwords,
    given_secrets,
    password_length,
)
from jupyterhub_eks.releases.z2jh.values import jupyterhub_values

if TYPE_CHECKING:
    from jupyterhub_eks.config.auth import AuthConfig
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.releases.z2jh.inputs import HubInputs

BASE: Final = "hub-base"
JUPYTERHUB: Final = "jupyterhub"
# The namespace is an object of the release itself, so it cannot hold its record.
BASE_NAMESPACE: Final = "kube-system"
# Name that the chart gives to what browsers are let in by.
PUBLIC_SERVICE: Final = "proxy-public"
BASE_TIMEOUT_SECONDS: Final = 300
# The hub's volume is made first, and its image pulled, on a node that may be new.
HUB_TIMEOUT_SECONDS: Final = 900


def hub_releases(deployment: Deployment, inputs: HubInputs) -> tuple[Release, ...]:
    """Return the releases, each after those it needs.

    Raises:
        ConfigError: The login's provider cannot do what the allow rules ask.
    """
    return (
        Release(
            name=BASE,
            namespace=BASE_NAMESPACE,
            chart=catalog.HUB_BASE,
            values=_base_values(deployment, inputs),
            construct_id="HubBase",
            timeout_seconds=BASE_TIMEOUT_SECONDS,
        ),
        Release(
            name=JUPYTERHUB,
            namespace=labels.HUB_NAMESPACE,
            chart=catalog.JUPYTERHUB,
            values=jupyterhub_values(deployment, inputs),
            construct_id="JupyterHub",
            needs=(BASE,),
            timeout_seconds=HUB_TIMEOUT_SECONDS,
        ),
    )


def _base_values(deployment: Deployment, inputs: HubInputs) -> dict[str, Any]:
    auth = deployment.settings.auth
    chosen: dict[str, Any] = {
        "namespace": {"name": labels.HUB_NAMESPACE},
        "fileSystemId": inputs.file_system_id,
        "volumes": {
            names.HOME_CLAIM: {"accessPointId": inputs.home_access_point_id},
            names.SHARED_CLAIM: {"accessPointId": inputs.shared_access_point_id},
        },
        "login": {
            "secretName": names.LOGIN_SECRET,
            "generate": {"keys": list(generated_passwords(auth)), "length": password_length(auth)},
        },
    }
    if keys := given_secrets(auth):
        chosen["login"]["given"] = {key: _given(key, auth, inputs) for key in keys}
    return merge(base_values(BASE), chosen)


def _given(key: str, auth: AuthConfig, inputs: HubInputs) -> str:
    if isinstance(auth, CognitoAuth):
        return inputs.cognito.client_secret if inputs.cognito else ""
    return inputs.given.get(key, "")
