"""Rules for ``auth`` of type ``oauth``: the client, and what its provider can tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from jupyterhub_eks.config.logins.presets import PRESETS
from jupyterhub_eks.config.rules.finding import Finding, Path, instead
from jupyterhub_eks.config.rules.issuers import issuer_fault, shown_issuer
from jupyterhub_eks.config.rules.names import host_meant
from jupyterhub_eks.config.rules.secret_sources import source_rules
from jupyterhub_eks.config.rules.unfilled import is_unfilled
from jupyterhub_eks.config.rules.urls import has_user, issuer_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.logins.oauth import OAuthAuth

_PROVIDER: Final[Path] = ("auth", "provider")
_ISSUER: Final[Path] = ("auth", "issuer")
# What the person may change at will, or shares with others.
_NOT_UNIQUE: Final = frozenset({"name", "given_name", "family_name", "display_name", "locale"})
# Of all tenants: any of them could vouch for the address of another.
_NO_TENANT: Final = frozenset({"common", "organizations", "consumers", "TENANT-ID", "TENANT"})


def oauth_rules(auth: OAuthAuth) -> Iterator[Finding]:
    """Yield findings about client, issuer, claims, and rules that the provider cannot keep."""
    yield from _client(auth)
    yield from instead(_parts_of_issuer(auth), _issuer(auth))
    yield from _claims(auth)
    preset = PRESETS[auth.provider]
    if auth.allow.domains and not preset.has_domains:
        yield Finding(
            path=("auth", "allow", "domains"),
            message=f"`provider: {auth.provider}` does not say whether an address is verified; "
            "nobody is let in by its domain",
            hint="name users or organisations, e.g. `allow: {groups: [my-organisation]}`",
            also=(_PROVIDER,),
        )
    if auth.provider == "github" and auth.allow.groups and auth.allow.users:
        yield Finding(
            path=("auth", "allow", "users"),
            message="these users may log in without being in an organisation that is allowed, "
            "also after they have left it",
            hint="remove `users`, if only members of the organisations are meant",
            also=(_PROVIDER, ("auth", "allow", "groups")),
            severity="warning",
        )


def _client(auth: OAuthAuth) -> Iterator[Finding]:
    if not auth.client_id.strip():
        yield Finding(
            path=("auth", "client_id"),
            message="`client_id` is missing",
            hint="register the hub at the provider and write the client id it issues; the secret "
            "belongs in no file",
        )
    elif is_unfilled(auth.client_id) or any(letter.isspace() for letter in auth.client_id):
        yield Finding(
            path=("auth", "client_id"),
            message=f"`client_id: {auth.client_id}` is not what a provider issues",
            hint="register the hub at the provider and write the client id it issues",
        )
    yield from source_rules(("auth", "client_secret"), auth.client_secret)
    for index, scope in enumerate(auth.scopes):
        if not re.fullmatch(r"[!#-\[\]-~]+", scope):
            yield Finding(
                path=("auth", "scopes", index),
                message=f"`{scope}` is no scope",
                hint="write one scope per list entry, e.g. `scopes: [offline_access]`",
            )


def _issuer(auth: OAuthAuth) -> Iterator[Finding]:
    preset = PRESETS[auth.provider]
    if auth.issuer is None:
        if preset.issuer:
            yield Finding(
                path=_ISSUER,
                message=f"`provider: {auth.provider}` needs an `issuer`",
                hint=f"add e.g. `issuer: {preset.issuer}`",
                also=(_PROVIDER,),
            )
    elif auth.provider == "google":
        yield Finding(
            path=_ISSUER,
            message="`provider: google` has one issuer, which is known; this one is not used",
            hint="remove `issuer`",
            also=(_PROVIDER,),
            severity="warning",
        )
    elif auth.provider == "cilogon":
        if not re.fullmatch(r"(?:https?://|urn:)\S+", auth.issuer):
            yield Finding(
                path=_ISSUER,
                message=f"`issuer: {auth.issuer}` is not the entity id of an institution",
                hint=f"write e.g. `issuer: {preset.issuer}`; CILogon lists them",
                also=(_PROVIDER,),
            )
    elif fault := issuer_fault(auth.issuer):
        example = preset.issuer or "https://login.example.org"
        yield Finding(
            path=_ISSUER,
            message=f"`issuer: {shown_issuer(auth.issuer)}` {fault}",
            hint=f"write e.g. `issuer: {_issuer_meant(auth.issuer) or example}`",
        )
    elif auth.provider == "entra":
        yield from _tenant(auth.issuer)


def _tenant(issuer: str) -> Iterator[Finding]:
    url = urlsplit(issuer)
    parts = [part for part in url.path.split("/") if part]
    if not parts or parts[0] in _NO_TENANT or parts[1:] not in ([], ["v2.0"]):
        tenant = "00000000-0000-0000-0000-000000000000"
        yield Finding(
            path=_ISSUER,
            message=f"`issuer: {issuer}` does not name one tenant; users of others could take "
            "any name",
            hint=f"write the id of yours, e.g. `issuer: https://{url.netloc}/{tenant}/v2.0`",
            also=(_PROVIDER,),
        )


def _parts_of_issuer(auth: OAuthAuth) -> Iterator[Finding]:
    # That of CILogon is an entity id, which need not be a URL.
    if auth.issuer and (auth.provider not in ("cilogon", "google") or has_user(auth.issuer)):
        yield from issuer_rules(_ISSUER, auth.issuer)


def _claims(auth: OAuthAuth) -> Iterator[Finding]:
    preset = PRESETS[auth.provider]
    path: Path = ("auth", "username_claim")
    if auth.username_claim in _NOT_UNIQUE:
        yield Finding(
            path=path,
            message=f"`username_claim: {auth.username_claim}` can be the same for two users, who "
            "would share one home folder",
            hint="write e.g. `username_claim: email`",
        )
    elif auth.username_claim in ("sub", "oid", "id"):
        yield Finding(
            path=path,
            message=f"`username_claim: {auth.username_claim}` is an id that nobody can read; "
            "users, administrators and home folders are called so",
            hint="write e.g. `username_claim: email`",
            severity="warning",
        )
    if auth.groups_claim and not preset.has_claims:
        yield Finding(
            path=("auth", "groups_claim"),
            message=f"`provider: {auth.provider}` has no claim for groups; they are its "
            "organisations, and its teams as `organisation:team`",
            hint="remove `groups_claim`",
            also=(_PROVIDER,),
        )
    elif auth.groups_claim and auth.provider == "google":
        yield Finding(
            path=("auth", "groups_claim"),
            message="`provider: google` tells the hub no groups",
            hint="remove `groups_claim`; the hub can keep groups itself, e.g. "
            "`auth: {groups: [students]}`",
            also=(_PROVIDER,),
        )


def _issuer_meant(text: str) -> str:
    bare = re.split(r"[?#]", re.sub(r"^(?:\w+:)?/*", "", text.strip()))[0]
    host, slash, path = bare.partition("/")
    path = path.removesuffix("/").removesuffix(".well-known/openid-configuration").rstrip("/")
    slash = slash if path else ""
    meant = host_meant(host)
    tidy = re.fullmatch(r"[A-Za-z0-9._~/-]*", path)
    return f"https://{meant}{slash}{path}" if meant and tidy else ""
