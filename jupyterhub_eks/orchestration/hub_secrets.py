"""The secrets of a deployment: where each lives, who uses it, what its rotation means. Pure."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.dummy import DummyAuth
from jupyterhub_eks.orchestration.asked_secrets import HUB, AskedSecret, asked_secrets
from jupyterhub_eks.releases.z2jh.login import generated_passwords, password_length
from jupyterhub_eks.releases.z2jh.names import (
    ADMIN_PASSWORD,
    CLIENT_SECRET,
    LOGIN_SECRET,
    USER_PASSWORD,
)
from jupyterhub_eks.releases.z2jh.services import HUB_SECRET, SERVICE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterhub_eks.config.auth import AuthConfig

Origin = Literal["generated", "given", "aws"]
# Makes a value that takes the place of another one.
Renew = Callable[[str], str]

_COOKIE: Final = "hub.config.JupyterHub.cookie_secret"
_KEYS: Final = "hub.config.CryptKeeper.keys"
_TOKEN: Final = "hub.config.ConfigurableHTTPProxy.auth_token"  # noqa: S105 - its key
_SERVICE_KEY: Final = "hub.services."
_API_TOKEN: Final = ".apiToken"  # noqa: S105 - the end of a key
_BYTES: Final = 32
_TOKEN_LENGTH: Final = 64
_CHARACTERS: Final = string.ascii_letters + string.digits


@dataclass(frozen=True, kw_only=True)
class HubSecret:
    """A secret that a deployment has.

    Attributes:
        name: What people call it.
        what: What it is.
        origin: Generated in the cluster, given by somebody, or known to AWS.
        secret: Kubernetes Secret that holds it; empty: none does.
        key: Its key there.
        users: Deployments that read it when they start.
        notice: What users notice when it is rotated.
        may_show: Whether people need to read it.
        renew: Makes a new value of the one that there is; none: it is not made here.
        asked: Where it is taken from, if it is given.
    """

    name: str
    what: str
    origin: Origin
    secret: str = ""
    key: str = ""
    users: tuple[str, ...] = ("hub",)
    notice: str
    may_show: bool = False
    renew: Renew | None = field(default=None, repr=False)
    asked: AskedSecret | None = None

    @property
    def where(self) -> str:
        """Where it lives."""
        return f"Secret {self.secret}, key {self.key}" if self.secret else "AWS"


def hub_secrets(auth: AuthConfig, keys: Iterable[str]) -> tuple[HubSecret, ...]:
    """Return the secrets of a deployment.

    Args:
        auth: The ``auth`` section.
        keys: Keys of the chart's Secret, which says which services have tokens.
    """
    return (*_of_the_chart(keys), *_of_the_login(auth))


def _of_the_chart(keys: Iterable[str]) -> Iterator[HubSecret]:
    yield HubSecret(
        name="cookie-secret",
        what="signs the cookies of who is logged in",
        origin="generated",
        secret=HUB_SECRET,
        key=_COOKIE,
        notice="everybody has to log in again; servers go on running",
        renew=lambda _: secrets.token_hex(_BYTES),
    )
    yield HubSecret(
        name="crypt-keys",
        what="encrypt what the hub keeps of each login",
        origin="generated",
        secret=HUB_SECRET,
        key=_KEYS,
        notice="nothing: what is stored is still read by the keys before",
        renew=lambda keys: ";".join((secrets.token_hex(_BYTES), *filter(None, keys.split(";")))),
    )
    yield HubSecret(
        name="proxy-token",
        what="lets the hub tell the proxy where servers are",
        origin="generated",
        secret=HUB_SECRET,
        key=_TOKEN,
        users=("hub", "proxy"),
        notice="hub and servers cannot be reached for about a minute, while the proxy restarts",
        renew=lambda _: _text(_TOKEN_LENGTH),
    )
    for key in sorted(keys):
        if key.startswith(_SERVICE_KEY) and key.endswith(_API_TOKEN):
            service = key.removeprefix(_SERVICE_KEY).removesuffix(_API_TOKEN)
            yield HubSecret(
                name=f"token-{service}",
                what=f"lets the service {service} use the hub's API",
                origin="generated",
                secret=HUB_SECRET,
                key=key,
                notice="nothing; `jhub users` reads the new one"
                if service == SERVICE
                else f"nothing; the service {service} needs the new one",
                renew=lambda _: secrets.token_hex(_BYTES),
            )


def _of_the_login(auth: AuthConfig) -> Iterator[HubSecret]:
    length = password_length(auth)
    for key in generated_passwords(auth):
        yield HubSecret(
            name=key,
            what=_password(auth, key),
            origin="generated",
            secret=LOGIN_SECRET,
            key=key,
            notice=_notice(auth, key),
            may_show=True,
            renew=lambda _: _text(length),
        )
    if isinstance(auth, CognitoAuth):
        yield HubSecret(
            name=CLIENT_SECRET,
            what="shows the user pool that it is the hub who asks",
            origin="aws",
            secret=LOGIN_SECRET,
            key=CLIENT_SECRET,
            notice="Cognito makes it with its app client, and none anew",
        )
    for asked in asked_secrets(auth):
        is_hub = asked.stack == HUB
        yield HubSecret(
            name=asked.key if is_hub else f"client-secret-{asked.key}",
            what=f"what {asked.where} names",
            origin="given",
            secret=LOGIN_SECRET if is_hub else "",
            key=asked.key,
            users=("hub",) if is_hub else (),
            notice="logins are done with the new one from now on"
            if is_hub
            else "it is in the user pool: the next deploy brings the new one there",
            asked=asked,
        )


def _password(auth: AuthConfig, key: str) -> str:
    if key == USER_PASSWORD:
        return "the shared password of all users"
    if isinstance(auth, DummyAuth):
        return "the password of administrators"
    return "what each listed administrator gives at the first login, to choose a password"


def _notice(auth: AuthConfig, key: str) -> str:
    if key == ADMIN_PASSWORD and not isinstance(auth, DummyAuth):
        return "administrators who have not logged in yet need the new one"
    return "the next login needs the new one; who is logged in stays so"


def _text(length: int) -> str:
    return "".join(secrets.choice(_CHARACTERS) for _ in range(length))
