"""Variables that the hub finds in the cluster, for a hub on this machine. Pure but for chance."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.releases.z2jh.login import given_secrets, password_length
from jupyterhub_eks.releases.z2jh.names import (
    ADMIN_PASSWORD,
    CLIENT_SECRET,
    LOGIN_SECRET,
    USER_PASSWORD,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.auth import AuthConfig

CRYPT_KEY: Final = "JUPYTERHUB_CRYPT_KEY"
"""With it the hub keeps what a provider said, encrypted; the chart makes one."""
PEOPLE_PASSWORD: Final = "JHUB_PREVIEW_PASSWORD"  # noqa: S105 - a name
"""With login ``native``: that of everybody who has an account from the start."""
# Typed by hand, on this machine only; `SharedPasswordAuthenticator` wants 8 and 32 characters.
_SHORT: Final = 12


@dataclass(frozen=True, kw_only=True)
class Variables:
    """What the hub has in its environment.

    Attributes:
        all: Values by name.
        made_up: Names of those that were made up here.
        notes: What is not as in the cluster.
    """

    all: Mapping[str, str] = field(repr=False)
    made_up: frozenset[str]
    notes: tuple[str, ...]


def hub_variables(
    auth: AuthConfig,
    values: Mapping[str, Any],
    *,
    kept: Mapping[str, str],
    environ: Mapping[str, str],
) -> Variables:
    """Return the variables of the hub, with values for those that come from Secrets.

    Args:
        auth: The ``auth`` section.
        values: Rendered values of the chart.
        kept: What was made up for the preview before this one, which goes on with it.
        environ: Environment of this process, in which secrets may be.
    """
    found: dict[str, str] = {}
    made_up: dict[str, str] = {CRYPT_KEY: secrets.token_hex(32)}
    notes: list[str] = []
    for name, given in _listed(values.get("hub", {}).get("extraEnv")):
        key = _login_key(given)
        if key is not None:
            said = _said(auth, key, environ)
            if said:
                found[name] = said
            else:
                made_up[name] = _new_secret(auth, key)
                notes += _why_made_up(auth, key, name)
        elif isinstance(given, dict) and given.get("valueFrom"):
            found[name] = ""
            notes.append(f"variable {name} of the hub is empty here: its value is in the cluster")
        else:
            plain = given.get("value") if isinstance(given, dict) else given
            found[name] = "" if plain is None else str(plain)
    if auth.type == "native":
        made_up[PEOPLE_PASSWORD] = _password(max(_SHORT, auth.password_min_length))
    made_up = {name: kept.get(name) or value for name, value in made_up.items()}
    return Variables(all=found | made_up, made_up=frozenset(made_up), notes=tuple(notes))


def _listed(given: Any) -> Iterator[tuple[str, Any]]:
    """Yield the entries of ``hub.extraEnv``, which is a mapping or a list."""
    if isinstance(given, dict):
        yield from given.items()
    elif isinstance(given, list):
        yield from ((str(each["name"]), each) for each in given if "name" in each)


def _login_key(given: Any) -> str | None:
    """Return the key of the login's Secret that a variable is taken from; None if it is not."""
    source = given.get("valueFrom") if isinstance(given, dict) else None
    reference = source.get("secretKeyRef") if isinstance(source, dict) else None
    if not isinstance(reference, dict) or reference.get("name") != LOGIN_SECRET:
        return None
    return str(reference.get("key"))


def _said(auth: AuthConfig, key: str, environ: Mapping[str, str]) -> str:
    """Return a secret that this process has in its environment, where a deploy looks too."""
    source = given_secrets(auth).get(key)
    # That of a client is for the real provider, which the preview does not ask.
    if key == CLIENT_SECRET or source is None or source.env is None:
        return ""
    return environ.get(source.env, "")


def _why_made_up(auth: AuthConfig, key: str, name: str) -> Iterator[str]:
    """Yield what to say where a secret of the user's own was not to be had."""
    source = given_secrets(auth).get(key)
    if source is None or key == CLIENT_SECRET:
        return
    if source.env:
        yield f"{source.env} is not set here, so {name} of the hub is made up"
    else:
        yield f"{source.secrets_manager} is in AWS, which is not asked: {name} is made up"


def _new_secret(auth: AuthConfig, key: str) -> str:
    if key == USER_PASSWORD:
        return _password(_SHORT)
    return _password(password_length(auth) if key == ADMIN_PASSWORD else 32)


def _password(length: int) -> str:
    """Return letters and digits that cannot be taken for each other."""
    return "".join(secrets.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(length))
