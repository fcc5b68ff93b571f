"""Login by a class of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.releases.merging import merge
from jupyterhub_eks.releases.z2jh.hooks import hook

if TYPE_CHECKING:
    from jupyterhub_eks.config.logins.custom import CustomAuth


def custom_values(auth: CustomAuth) -> dict[str, Any]:
    """Return the values for any authenticator that the hub's image has.

    Its settings are those of the user; secrets among them are names of variables, which the
    hub fills in (``hub-config/custom_login.py``).
    """
    config: dict[str, Any] = {
        **auth.config,
        "JupyterHub": {"authenticator_class": auth.authenticator},
    }
    asked: dict[str, Any] = {"sections": sorted(auth.config)}
    if auth.has_groups:
        config["Authenticator"] = {"manage_groups": True}
        asked |= {
            "providerGroups": list(auth.allow.groups),
            "adminGroups": list(auth.admin_groups),
        }
    values = {"hub": {"config": config}, "custom": {"login": asked}}
    return merge(values, hook("custom_login")) if auth.secrets else values
