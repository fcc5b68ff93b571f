"""Where the login page of a user pool is, or will be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stacks.cognito_names import login_host, prefix_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.config.logins.cognito import CognitoAuth


def login_page(settings: DeploymentFile, auth: CognitoAuth) -> str:
    """Return its address; empty for a pool that is there already, which only AWS knows."""
    if auth.existing:
        return ""
    if auth.custom_domain:
        return f"https://{auth.custom_domain}"
    prefix = auth.domain_prefix or prefix_of(settings.name, settings.access.domain or "")
    return f"https://{login_host(prefix, settings.region)}"


def page_of_pool(pool: Mapping[str, Any], region: str) -> str:
    """Return the address of a pool that AWS describes; empty: it has none."""
    if pool.get("CustomDomain"):
        return f"https://{pool['CustomDomain']}"
    return f"https://{login_host(pool['Domain'], region)}" if pool.get("Domain") else ""
