"""Where the secrets of a login come from, in words; never what they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.oauth import CLIENT_SECRET_VARIABLE, OAuthAuth
from jupyterhub_eks.releases.labels import HUB_NAMESPACE
from jupyterhub_eks.releases.z2jh.login import generated_passwords, given_secrets
from jupyterhub_eks.releases.z2jh.names import LOGIN_SECRET

if TYPE_CHECKING:
    from jupyterhub_eks.config.auth import Auth
    from jupyterhub_eks.config.secret_source import SecretSource


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A secret.

    Attributes:
        name: What it is.
        source: Where it is taken from.
    """

    name: str
    source: str


def secrets_of(auth: Auth) -> tuple[Secret, ...]:
    """Return the secrets that a login has."""
    found = [
        Secret(name=name, source=_given(auth, source))
        for name, source in given_secrets(auth).items()
    ]
    if isinstance(auth, CognitoAuth):
        found += [
            Secret(name=f"client secret of {name}", source=place(each.oidc.client_secret))
            for name, each in auth.identity_providers.items()
            if each.oidc
        ]
    generated = (
        f"generated at the first deploy; in the cluster's Secret `{LOGIN_SECRET}`, namespace "
        f"{HUB_NAMESPACE}"
    )
    found += [Secret(name=name, source=generated) for name in generated_passwords(auth)]
    return tuple(found)


def place(source: SecretSource | None) -> str:
    """Return where a secret is taken from."""
    if source and source.env:
        return f"variable `{source.env}` of this machine at a deploy"
    if source and source.secrets_manager:
        return f"`{source.secrets_manager}` in AWS Secrets Manager"
    return "not said"


def _given(auth: Auth, source: SecretSource | None) -> str:
    if source is None and isinstance(auth, CognitoAuth):
        return "Cognito itself"
    if source is None and isinstance(auth, OAuthAuth):
        return (
            f"variable `{CLIENT_SECRET_VARIABLE}` of this machine at a deploy, else a prompt; a "
            "later deploy keeps what the cluster has"
        )
    return place(source)
