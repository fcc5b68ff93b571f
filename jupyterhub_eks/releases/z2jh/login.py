"""How people log in: the authenticator, who is allowed, and who administers.

No secret is among the values: passwords and client secret reach the hub as environment
variables from the Secret that chart ``hub-base`` makes.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.common import HUB_ADMINS, INVITED
from jupyterhub_eks.config.logins.custom import CustomAuth
from jupyterhub_eks.config.logins.dummy import DummyAuth
from jupyterhub_eks.config.logins.native import NativeAuth
from jupyterhub_eks.config.logins.oauth import OAuthAuth
from jupyterhub_eks.config.logins.presets import tells_groups
from jupyterhub_eks.releases.merging import merge
from jupyterhub_eks.releases.z2jh.cognito import cognito_values
from jupyterhub_eks.releases.z2jh.custom import custom_values
from jupyterhub_eks.releases.z2jh.hooks import hook
from jupyterhub_eks.releases.z2jh.names import (
    ADMIN_PASSWORD,
    CLIENT_SECRET,
    LOGIN_SECRET,
    USER_PASSWORD,
)
from jupyterhub_eks.releases.z2jh.oauth import oauth_values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterhub_eks.config.auth import AuthConfig
    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.config.secret_source import SecretSource
    from jupyterhub_eks.releases.z2jh.inputs import HubInputs

# Of generated passwords; `SharedPasswordAuthenticator` wants this much for administrators.
PASSWORD_LENGTH: Final = 32
_VARIABLES: Final = {
    USER_PASSWORD: "JHUB_USER_PASSWORD",
    ADMIN_PASSWORD: "JHUB_ADMIN_PASSWORD",
    CLIENT_SECRET: "OAUTH_CLIENT_SECRET",
}


def login_values(settings: DeploymentFile, inputs: HubInputs) -> dict[str, Any]:
    """Return the values for the configured login.

    Raises:
        ConfigError: The provider cannot do what the allow rules ask.
        ValueError: The login is Cognito's, and ``inputs`` has no client.
    """
    auth = settings.auth
    host = settings.access.domain or ""
    if isinstance(auth, DummyAuth):
        specific = _dummy(auth)
    elif isinstance(auth, NativeAuth):
        specific = _native(auth)
    elif isinstance(auth, CustomAuth):
        specific = custom_values(auth)
    elif isinstance(auth, CognitoAuth):
        if inputs.cognito is None:
            raise ValueError("auth.type cognito needs the client of the user pool")
        specific = cognito_values(auth, host, inputs.cognito)
    else:
        specific = oauth_values(auth, host)
    secrets = dict.fromkeys((*generated_passwords(auth), *given_secrets(auth)))
    layers = (_environment(secrets), specific, _who_may_enter(auth), hook("who_may_enter"))
    return reduce(merge, layers, _rules(auth))


def generated_passwords(auth: AuthConfig) -> tuple[str, ...]:
    """Return the keys of the passwords that are generated in the cluster for this login."""
    if isinstance(auth, DummyAuth):
        users = () if auth.password else (USER_PASSWORD,)
        return (*users, *((ADMIN_PASSWORD,) if auth.admins else ()))
    return (ADMIN_PASSWORD,) if isinstance(auth, NativeAuth) else ()


def given_secrets(auth: AuthConfig) -> dict[str, SecretSource | None]:
    """Return where each secret that somebody else made is taken from, by its key in the cluster.

    ``None``: the configuration does not say; that of a user pool is known to AWS.
    """
    if isinstance(auth, DummyAuth):
        return {USER_PASSWORD: auth.password} if auth.password else {}
    if isinstance(auth, CustomAuth):
        return dict(auth.secrets)
    if isinstance(auth, OAuthAuth):
        return {CLIENT_SECRET: auth.client_secret}
    return {CLIENT_SECRET: None} if isinstance(auth, CognitoAuth) else {}


def password_length(auth: AuthConfig) -> int:
    """Return how many characters a generated password has."""
    if isinstance(auth, NativeAuth):
        return max(PASSWORD_LENGTH, auth.password_min_length)
    return PASSWORD_LENGTH


def _rules(auth: AuthConfig) -> dict[str, Any]:
    """Return the rules that every authenticator knows, each written out (D3)."""
    rules = {
        "allow_all": auth.allow.everyone,
        "allowed_users": list(auth.allow.users),
        # Else everyone who was ever let in would stay allowed.
        "allow_existing_users": False,
        "admin_users": list(auth.admins),
        "blocked_users": list(auth.block),
    }
    return {"hub": {"config": {"Authenticator": rules}}}


def _who_may_enter(auth: AuthConfig) -> dict[str, Any]:
    """Return the rules that none knows (``hub-config/who_may_enter.py``), and the hub's groups."""
    asked: dict[str, Any] = {"pattern": auth.allow.pattern} if auth.allow.pattern else {}
    hub: dict[str, Any] = {}
    if isinstance(auth, CognitoAuth):
        return {"hub": hub, "custom": {"login": asked}}
    keeps_groups = not has_provider_groups(auth)
    entering = (*(auth.allow.groups if keeps_groups else ()), *always_kept(auth))
    asked["hubGroups"] = list(dict.fromkeys(entering))
    if HUB_ADMINS in entering:
        asked["hubAdmins"] = HUB_ADMINS
    if keeps_groups:
        # Without members, as those who were put in meanwhile are to stay.
        hub["config"] = {"JupyterHub": {"load_groups": {name: {} for name in own_groups(auth)}}}
    return {"hub": hub, "custom": {"login": asked}}


def has_provider_groups(auth: AuthConfig) -> bool:
    """Whether it is the provider that tells who is in which group."""
    if isinstance(auth, OAuthAuth):
        return tells_groups(auth)
    return auth.has_groups if isinstance(auth, CustomAuth) else isinstance(auth, CognitoAuth)


def own_groups(auth: AuthConfig) -> tuple[str, ...]:
    """Return the groups that the hub keeps itself."""
    declared = () if has_provider_groups(auth) else auth.groups
    return tuple(dict.fromkeys((*declared, *always_kept(auth))))


def always_kept(auth: AuthConfig) -> tuple[str, ...]:
    """Return the groups of the hub by which `jhub users` lets people in.

    With the shared password everybody could take the name of such an administrator. Whoever
    may log in by a user pool is in the pool.
    """
    if isinstance(auth, CognitoAuth):
        return ()
    return (INVITED,) if isinstance(auth, DummyAuth) else (INVITED, HUB_ADMINS)


def _environment(secrets: Iterable[str]) -> dict[str, Any]:
    return {
        "hub": {
            "extraEnv": {
                _VARIABLES.get(key, key): {
                    "valueFrom": {"secretKeyRef": {"name": LOGIN_SECRET, "key": key}}
                }
                for key in secrets
            }
        }
    }


def _dummy(auth: DummyAuth) -> dict[str, Any]:
    # Whoever has the password; it is a trial behind a port forward.
    open_to_all = auth.allow.everyone or auth.allow.is_empty
    config = {
        "JupyterHub": {"authenticator_class": "shared-password"},
        "Authenticator": {"allow_all": open_to_all},
    }
    return merge({"hub": {"config": config}}, hook("passwords"))


def _native(auth: NativeAuth) -> dict[str, Any]:
    native = {
        "enable_signup": True,
        "open_signup": False,
        "minimum_password_length": auth.password_min_length,
        "check_common_password": True,
        "allowed_failed_logins": auth.lock_out.failures,
        "seconds_before_next_try": auth.lock_out.minutes * 60,
    }
    config = {
        "JupyterHub": {"authenticator_class": "native"},
        "NativeAuthenticator": native,
    }
    return reduce(merge, (hook("native_login"), hook("native_users")), {"hub": {"config": config}})
