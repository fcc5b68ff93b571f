"""Rules for ``auth.identity_providers``: whose users log in through a Cognito user pool."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from jupyterhub_eks.config.rules.finding import Finding, Path, instead
from jupyterhub_eks.config.rules.issuers import issuer_fault, shown_issuer
from jupyterhub_eks.config.rules.names import host_hint, is_host
from jupyterhub_eks.config.rules.secret_sources import source_rules
from jupyterhub_eks.config.rules.urls import issuer_rules, url_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.logins.cognito import CognitoAuth
    from jupyterhub_eks.config.logins.federation import (
        IdentityProvider,
        OidcProvider,
        SamlProvider,
    )

PROVIDERS: Path = ("auth", "identity_providers")
# Amazon Cognito API, ProviderNameType, without what does not fit a Terraform variable.
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,30}[A-Za-z0-9]")
# The pool itself, and the social providers, which are not made by SAML or OpenID Connect.
_TAKEN: Final = frozenset(
    {"cognito", "facebook", "google", "loginwithamazon", "signinwithapple", "users", "admins"}
)
_METADATA: Final = "{urn:oasis:names:tc:SAML:2.0:metadata}"
_SERVICES: Final = {
    "SingleSignOnService": "is no metadata of an identity provider: it names no "
    "`SingleSignOnService`",
    "SingleLogoutService": "names no `SingleLogoutService`, which `sign_out` needs",
}


def federation_rules(auth: CognitoAuth) -> Iterator[Finding]:
    """Yield findings about identity providers."""
    if not auth.pool_login and not auth.identity_providers:
        yield Finding(
            path=("auth", "pool_login"),
            message="`pool_login: false` without `identity_providers` lets nobody in",
            hint="name a provider under `identity_providers`, or remove `pool_login`",
            also=(PROVIDERS,),
        )
    seen: set[str] = set()
    for name, provider in auth.identity_providers.items():
        path = (*PROVIDERS, name)
        yield from _name(path, name, auth, seen)
        seen.add(name.lower())
        yield from _domains(path, provider)
        yield from _any_address(path, name, provider, auth)
        if auth.existing:
            yield from _of_an_existing_pool(path, provider)
        else:
            yield from _protocol(path, name, provider)


def _name(path: Path, name: str, auth: CognitoAuth, seen: set[str]) -> Iterator[Finding]:
    if not auth.existing and not _NAME.fullmatch(name):
        yield Finding(
            path=path,
            message=f"`{name}` is no name for an identity provider",
            hint=f"write e.g. `{_name_meant(name)}:`; allowed: 3 to 32 letters, digits and hyphens",
            at_key=True,
        )
    elif not auth.existing and (name.lower() in _TAKEN or name in auth.groups):
        yield Finding(
            path=path,
            message=f"the name `{name}` is taken, by Cognito or a group",
            hint=f"write e.g. `{_name_meant(name)}-login:`",
            also=(("auth", "groups"),),
            at_key=True,
        )
    elif name.lower() in seen:
        yield Finding(
            path=path,
            message=f"`{name}` differs from a provider before it in capitals only",
            hint=f"write e.g. `{_name_meant(name)}-2:`",
            at_key=True,
        )


def _name_meant(name: str) -> str:
    meant = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:26].strip("-")
    return meant if len(meant) >= 3 else "University"


def _domains(path: Path, provider: IdentityProvider) -> Iterator[Finding]:
    for index, domain in enumerate(provider.email_domains):
        if not is_host(domain):
            yield Finding(
                path=(*path, "email_domains", index),
                message=f"`{domain}` is not an e-mail domain",
                hint=host_hint("", domain, "example.org"),
            )


def _any_address(
    path: Path, name: str, provider: IdentityProvider, auth: CognitoAuth
) -> Iterator[Finding]:
    is_shared = auth.pool_login or len(auth.identity_providers) > 1
    if provider.oidc and not provider.email_domains and is_shared:
        yield Finding(
            path=path,
            message=f"`{name}` may call a user by any address, also by that of somebody who logs "
            "in another way",
            hint="add e.g. `email_domains: [example.org]`: domains whose addresses it gives out "
            "itself",
            also=(("auth", "pool_login"),),
            severity="warning",
        )


def _of_an_existing_pool(path: Path, provider: IdentityProvider) -> Iterator[Finding]:
    for key in ("saml", "oidc", "attributes"):
        if getattr(provider, key):
            yield Finding(
                path=(*path, key),
                message=f"`{key}` is for a pool that is made; that of `existing` is not changed",
                hint="remove it; of a provider that the pool has, write `email_domains` only",
                also=(("auth", "existing"),),
                at_key=True,
            )


def _protocol(path: Path, name: str, provider: IdentityProvider) -> Iterator[Finding]:
    if (provider.saml is None) == (provider.oidc is None):
        both = provider.saml is not None
        yield Finding(
            path=path,
            message=f"`{name}` has both `saml` and `oidc`" if both else f"`{name}` has no protocol",
            hint="keep one of them"
            if both
            else "add e.g. `saml: {metadata_url: https://idp.example.org/metadata.xml}`, or `oidc: "
            "{issuer: https://login.example.org, client_id: hub, client_secret: {env: NAME}}`",
        )
    if provider.saml:
        yield from _saml(path, provider, provider.saml)
    if provider.oidc:
        faults = issuer_rules((*path, "oidc", "issuer"), provider.oidc.issuer)
        yield from instead(faults, _oidc(path, name, provider.oidc))
        yield from source_rules((*path, "oidc", "client_secret"), provider.oidc.client_secret)


def _saml(path: Path, provider: IdentityProvider, saml: SamlProvider) -> Iterator[Finding]:
    where = (*path, "saml")
    if (saml.metadata_url is None) == (saml.metadata is None):
        yield Finding(
            path=where,
            message="`saml` needs one of `metadata_url` and `metadata`",
            hint="write e.g. `metadata_url: https://idp.example.org/metadata.xml`, or "
            "`metadata: |` with the contents of the file below it",
        )
    if saml.metadata_url and (faults := [*url_rules((*where, "metadata_url"), saml.metadata_url)]):
        yield from faults
    # Entra's has a query, which names the application.
    elif saml.metadata_url and not _is_https(saml.metadata_url.partition("?")[0]):
        yield Finding(
            path=(*where, "metadata_url"),
            message=f"`{saml.metadata_url}` is not an https URL",
            hint="write e.g. `metadata_url: https://idp.example.org/metadata.xml`",
        )
    if saml.metadata is not None and (fault := _metadata_fault(saml.metadata, saml)):
        yield Finding(
            path=(*where, "metadata"),
            message=f"this {fault}",
            hint="write what the identity provider gives out as its own metadata",
            also=((*where, "sign_out"),),
        )
    if not provider.email_domains and not provider.attributes.get("email_verified"):
        yield Finding(
            path=path,
            message="SAML does not say whether an address is verified, so nobody would get in",
            hint="add `email_domains: [example.org]`: domains whose addresses this provider gives "
            "out itself",
        )


def _oidc(path: Path, name: str, oidc: OidcProvider) -> Iterator[Finding]:
    where = (*path, "oidc")
    if fault := issuer_fault(oidc.issuer):
        yield Finding(
            path=(*where, "issuer"),
            message=f"`issuer: {shown_issuer(oidc.issuer)}` {fault}",
            hint="write e.g. `issuer: https://login.example.org`",
        )
    if "openid" not in oidc.scopes:
        yield Finding(
            path=(*where, "scopes"),
            message="without the scope `openid` there is no id token",
            hint="write e.g. `scopes: [openid, email, profile]`",
        )
    if oidc.client_secret is None:
        variable = f"{re.sub(r'[^A-Za-z0-9]+', '_', name).upper()}_CLIENT_SECRET"
        yield Finding(
            path=(*where, "client_secret"),
            message="`client_secret` is missing: Cognito needs the client's secret",
            hint=f"write e.g. `client_secret: {{env: {variable}}}` and set that variable when "
            "you deploy; the secret itself belongs in no file",
        )


def _is_https(text: str) -> bool:
    try:
        url = urlsplit(text)
    except ValueError:
        return False
    return url.scheme == "https" and bool(url.hostname) and not (url.query or url.fragment)


def _metadata_fault(text: str, saml: SamlProvider) -> str:
    try:
        root = ET.fromstring(text.strip())  # noqa: S314 - the user's own file
    except ET.ParseError as error:
        return f"is not XML ({error})"
    if root.tag not in {f"{_METADATA}EntityDescriptor", f"{_METADATA}EntitiesDescriptor"}:
        return "is not SAML metadata: it does not begin with `EntityDescriptor`"
    wanted = ("SingleSignOnService", *(("SingleLogoutService",) if saml.sign_out else ()))
    for service in wanted:
        if root.find(f".//{_METADATA}IDPSSODescriptor/{_METADATA}{service}") is None:
            return _SERVICES[service]
    return ""
