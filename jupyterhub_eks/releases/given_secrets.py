"""Secrets that somebody else made, on their way into the hub's Secret. Pure.

Each is a sensitive Terraform variable of stack ``hub``, given as ``TF_VAR_<name>``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.releases.z2jh.login import given_secrets

if TYPE_CHECKING:
    from jupyterhub_eks.config.auth import AuthConfig


def hub_variable(key: str) -> str:
    """Return the Terraform variable that holds a key of the hub's Secret.

    Args:
        key: Key of the Secret.
    """
    return f"hub_secret_{key.replace('-', '_')}"


def keys_from_outside(auth: AuthConfig) -> tuple[str, ...]:
    """Return the keys whose values Terraform is given; that of a user pool it finds itself."""
    return () if isinstance(auth, CognitoAuth) else tuple(given_secrets(auth))
