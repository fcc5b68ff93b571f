"""How people log in: the authenticator, who is allowed, and who administers.

No secret is among the values: passwords and client secret reach the hub as environment
variables from the Secret that chart ``hub-base`` makes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.dummy import DummyAuth
from jupyterhub_eks.config.logins.native import NativeAuth
from jupyterhub_eks.releases.merging import merge
from jupyterhub_eks.releases.z2jh.cognito import cognito_values
from jupyterhub_eks.releases.z2jh.hooks import hook
from jupyterhub_eks.releases.z2jh.names import (
    ADMIN_PASSWORD,
    CLIENT_SECRET,
    LOGIN_SECRET,
    USER_PASSWORD,
)
from jupyterhub_eks.releases.z2jh.oauth import oauth_values

if TYPE_CHECKING:
    from jupyterhub_eks.config.auth import AuthConfig
    from jupyterhub_eks.config.deployment import DeploymentFile
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
    secrets = [*generated_passwords(auth)]
    if isinstance(auth, DummyAuth):
        specific = _dummy(auth)
    elif isinstance(auth, NativeAuth):
        specific = _native(auth)
    else:
        secrets.append(CLIENT_SECRET)
        if isinstance(auth, CognitoAuth):
            if inputs.cognito is None:
                raise ValueError("auth.type cognito needs the client of the user pool")
            specific = cognito_values(auth, settings.access.domain or "", inputs.cognito)
        else:
            specific = oauth_values(auth, settings.access.domain or "")
    return merge(merge(_rules(auth), _environment(secrets)), specific)


def generated_passwords(auth: AuthConfig) -> tuple[str, ...]:
    """Return the keys of the passwords that are generated in the cluster for this login."""
    if isinstance(auth, DummyAuth):
        return (USER_PASSWORD, *((ADMIN_PASSWORD,) if auth.admins else ()))
    return (ADMIN_PASSWORD,) if isinstance(auth, NativeAuth) else ()


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
    }
    return {"hub": {"config": {"Authenticator": rules}}}


def _environment(secrets: list[str]) -> dict[str, Any]:
    return {
        "hub": {
            "extraEnv": {
                _VARIABLES[key]: {"valueFrom": {"secretKeyRef": {"name": LOGIN_SECRET, "key": key}}}
                for key in secrets
            }
        }
    }


def _dummy(auth: DummyAuth) -> dict[str, Any]:
    # Whoever has the password; it is a trial behind a port forward.
    open_to_all = auth.allow.everyone or not auth.allow.users
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
        "allowed_failed_logins": 5,
        "seconds_before_next_try": 600,
    }
    config = {
        "JupyterHub": {"authenticator_class": "native"},
        "NativeAuthenticator": native,
    }
    return merge({"hub": {"config": config}}, hook("native_login"))
