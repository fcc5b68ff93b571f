"""Which secrets a configuration asks for, and whose variables they become. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.custom import CustomAuth
from jupyterhub_eks.config.logins.dummy import DummyAuth
from jupyterhub_eks.config.logins.federation import secret_variable
from jupyterhub_eks.config.logins.oauth import CLIENT_SECRET_VARIABLE, OAuthAuth
from jupyterhub_eks.config.secret_source import SecretSource
from jupyterhub_eks.releases.given_secrets import hub_variable
from jupyterhub_eks.releases.z2jh.names import CLIENT_SECRET, USER_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.auth import AuthConfig

HUB: Final = "hub"
IDENTITY: Final = "identity"
# As the hub wants it of a shared password.
_SHORTEST_PASSWORD: Final = 8


@dataclass(frozen=True, kw_only=True)
class AskedSecret:
    """A secret that somebody else made.

    Attributes:
        stack: Stack whose variable it is.
        variable: Terraform's variable.
        where: Key of the configuration.
        source: Where it is taken from.
        key: Where the stack keeps it: a key of the hub's Secret, or an identity provider.
        may_prompt: Whether it may be asked for on a terminal.
        shortest: Fewest characters.
        client: Id of the client whose secret it is; empty where it is no client's.
    """

    stack: str
    variable: str
    where: str
    source: SecretSource = field(default_factory=SecretSource)
    key: str
    may_prompt: bool = False
    shortest: int = 1
    client: str = ""


def asked_secrets(auth: AuthConfig) -> Iterator[AskedSecret]:
    """Yield the secrets of a login, in the order of the configuration."""
    if isinstance(auth, OAuthAuth):
        source = auth.client_secret or SecretSource(env=CLIENT_SECRET_VARIABLE)
        unsaid = auth.client_secret is None
        found = _hub(CLIENT_SECRET, "auth.client_secret", source, may_prompt=unsaid)
        yield replace(found, client=auth.client_id)
    elif isinstance(auth, DummyAuth) and auth.password:
        yield _hub(USER_PASSWORD, "auth.password", auth.password, shortest=_SHORTEST_PASSWORD)
    elif isinstance(auth, CustomAuth):
        for name, source in auth.secrets.items():
            yield _hub(name, f"auth.secrets.{name}", source)
    elif isinstance(auth, CognitoAuth):
        yield from _of_providers(auth)


def of_another_client() -> AskedSecret:
    """Return the secret of a client that the configuration does not know."""
    source = SecretSource(env=CLIENT_SECRET_VARIABLE)
    return _hub(CLIENT_SECRET, "the secret of `--client-id`", source, may_prompt=True)


def _hub(
    key: str, where: str, source: SecretSource, *, may_prompt: bool = False, shortest: int = 1
) -> AskedSecret:
    return AskedSecret(
        stack=HUB,
        variable=hub_variable(key),
        where=where,
        source=source,
        key=key,
        may_prompt=may_prompt,
        shortest=shortest,
    )


def _of_providers(auth: CognitoAuth) -> Iterator[AskedSecret]:
    for name, provider in auth.identity_providers.items():
        if provider.oidc and provider.oidc.client_secret:
            yield AskedSecret(
                stack=IDENTITY,
                variable=secret_variable(name),
                where=f"auth.identity_providers.{name}.oidc.client_secret",
                source=provider.oidc.client_secret,
                key=name,
            )
