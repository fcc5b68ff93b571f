"""Rules for ``auth`` of type ``oauth``: the client, and where its provider is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from jupyterhub_eks.config.rules.finding import Finding
from jupyterhub_eks.config.rules.names import host_meant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.logins.oauth import OAuthAuth

_NEEDS_ISSUER: Final = frozenset({"oidc", "okta", "entra", "auth0", "keycloak"})


def oauth_rules(auth: OAuthAuth) -> Iterator[Finding]:
    """Yield findings about client id and issuer."""
    if not auth.client_id:
        yield Finding(
            path=("auth", "client_id"),
            message="`client_id` is missing",
            hint="register the hub at the provider and write the client id it issues; the secret "
            "belongs in no file",
        )
    if auth.issuer is None:
        if auth.provider in _NEEDS_ISSUER:
            yield Finding(
                path=("auth", "issuer"),
                message=f"`provider: {auth.provider}` needs an `issuer`",
                hint="add e.g. `issuer: https://login.example.org`",
                also=(("auth", "provider"),),
            )
        return
    try:
        url = urlsplit(auth.issuer)
        good = url.scheme == "https" and bool(url.hostname) and not (url.query or url.fragment)
    except ValueError:
        good = False
    if not good:
        yield Finding(
            path=("auth", "issuer"),
            message=f"`issuer: {auth.issuer}` is not an https URL without query",
            hint=f"write e.g. `issuer: {_issuer_meant(auth.issuer)}`",
        )


def _issuer_meant(text: str) -> str:
    bare = re.split(r"[?#]", re.sub(r"^(?:\w+:)?/*", "", text.strip()))[0]
    host, slash, path = bare.partition("/")
    meant = host_meant(host)
    tidy = re.fullmatch(r"[A-Za-z0-9._~/-]*", path)
    return f"https://{meant}{slash}{path}" if meant and tidy else "https://login.example.org"
