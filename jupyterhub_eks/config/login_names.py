"""Names that people give a login which has another one here, and what to write for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.logins.presets import PRESETS
from jupyterhub_eks.suggest import closest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterhub_eks.config.document import KeyPath

_TYPE: Final = ("auth", "type")
_PROVIDER: Final = ("auth", "provider")
_LDAP: Final = "ldapauthenticator.LDAPAuthenticator"
_OTHER_PROVIDERS: Final = {
    **dict.fromkeys(("azure", "azuread", "aad", "microsoft", "entraid", "office365"), "entra"),
    **dict.fromkeys(("googleworkspace", "gsuite"), "google"),
    **dict.fromkeys(("rhsso", "redhatsso"), "keycloak"),
    **dict.fromkeys(
        ("openid", "openidconnect", "authentik", "zitadel", "ping", "dex", "onelogin", "adfs"),
        "oidc",
    ),
}
_OWN_TYPES: Final = ("cognito", "native", "dummy", "custom")
# Those that are no preset of `type: oauth`.
_OTHER_TYPES: Final = {
    **dict.fromkeys(("saml", "saml2", "shibboleth"), "cognito"),
    **dict.fromkeys(("ldap", "ldaps", "activedirectory"), "custom"),
}
_WITH: Final = {
    "cognito": ", with the provider under `identity_providers`",
    "custom": f" with `authenticator: {_LDAP}`",
}


def login_meant(text: str) -> dict[str, str]:
    """Return the keys under ``auth`` by which a login of this name is chosen; nothing if none is.

    Args:
        text: What was written as login, e.g. ``github``.
    """
    name = _plain(text)
    if provider := _provider(name):
        return {"type": "oauth", "provider": provider}
    kind = _OTHER_TYPES.get(name)
    if kind == "custom":
        return {"type": kind, "authenticator": _LDAP}
    return {"type": kind} if kind else {}


def login_hint(path: KeyPath, text: str, allowed: Iterable[str]) -> str:
    """Return what to write in place of a login that has another name; empty if none is meant.

    Args:
        path: Key that was written.
        text: Its value.
        allowed: What the key takes.
    """
    name = _plain(text)
    provider: str | None = _provider(name)
    if path == _TYPE:
        if not provider and not closest(text, allowed):
            provider = closest(text, PRESETS)
        if provider:
            return f"write `type: oauth` with `provider: {provider}`"
        return _of_other_type(name)
    if path == _PROVIDER:
        if name in _OWN_TYPES:
            return f"write `type: {name}`, which has no `provider`"
        return f"write `provider: {provider}`" if provider else _of_other_type(name)
    return ""


def _provider(name: str) -> str:
    return name if name in PRESETS else _OTHER_PROVIDERS.get(name, "")


def _of_other_type(name: str) -> str:
    kind = _OTHER_TYPES.get(name)
    return f"write `type: {kind}`{_WITH[kind]}" if kind else ""


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())
