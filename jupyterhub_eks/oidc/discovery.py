"""The document that an OpenID Connect provider publishes about itself, and what it lacks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from jupyterhub_eks.oidc.fetching import UnreachableError, fetch
from jupyterhub_eks.oidc.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jupyterhub_eks.oidc.fetching import Answer
    from jupyterhub_eks.problems import Severity

Document = dict[str, Any]
WELL_KNOWN: Final = "/.well-known/openid-configuration"
# What the hub uses of a provider of which it knows the issuer only.
HUB_NEEDS: Final = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")
_ENDPOINT: Final = re.compile(r"_endpoint$|^jwks_uri$")
_TEXT_METHODS: Final = frozenset({"client_secret_basic", "client_secret_post"})


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something about a provider that does not fit.

    Attributes:
        message: What it is, one sentence.
        hint: What to do.
        severity: Only an ``error`` keeps people from logging in.
    """

    message: str
    hint: str
    severity: Severity = "error"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is needed of a provider.

    Attributes:
        needs: Addresses that it must publish.
        scopes: What it is asked for.
        name_claim: Claim that becomes the user name; empty: another side sees to it.
        says_its_name: Whether it must call itself as it is called here.
        to_the_letter: Whether a slash at the end counts, too.
    """

    needs: tuple[str, ...] = HUB_NEEDS
    scopes: tuple[str, ...] = ()
    name_claim: str = ""
    says_its_name: bool = True
    to_the_letter: bool = False


@dataclass(frozen=True, kw_only=True)
class Discovery:
    """What was found.

    Attributes:
        issuer: Whose document was asked for.
        document: What it says; empty: there is none.
        faults: What does not fit.
    """

    issuer: str
    document: Document = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def discover(issuer: str, wanted: Wanted, ask: Callable[[str], Answer] = fetch) -> Discovery:
    """Return a provider's document, and everything in it that does not fit.

    Args:
        issuer: Issuer URL as configured.
        wanted: What is needed of it.
        ask: Fetches an address.
    """
    bare = issuer.rstrip("/")
    address = bare + WELL_KNOWN
    try:
        answer = ask(address)
    except UnreachableError as error:
        fault = Fault(message=f"{address} cannot be reached: {error}", hint=error.hint)
        return Discovery(issuer=issuer, faults=(fault,))
    document = answer.json()
    if answer.status != 200 or not isinstance(document, dict):
        return Discovery(issuer=issuer, faults=(_no_issuer(bare, address, answer),))
    faults = tuple(
        replace(each, message=plain(each.message), hint=plain(each.hint))
        for each in _faults(issuer, document, wanted)
    )
    return Discovery(issuer=issuer, document=document, faults=faults)


def _no_issuer(bare: str, address: str, answer: Answer) -> Fault:
    if answer.status >= 500:
        return Fault(
            message=f"{address} answers with a fault of its own (status {answer.status})",
            hint="try again later, or look into the state of the provider",
        )
    if answer.is_html:
        found = f"a web page (status {answer.status})"
    elif answer.status == 200:
        found = "something that is no JSON object"
    elif answer.status == 404:
        found = "that there is nothing (status 404)"
    else:
        found = f"status {answer.status}"
    return Fault(
        message=f"`issuer: {bare}` is not an issuer: {address} answers {found}",
        hint=_issuer_hint(bare),
    )


def _issuer_hint(bare: str) -> str:
    url = urlsplit(bare)
    host = url.hostname or ""
    if host.endswith((".okta.com", ".oktapreview.com")) and not url.path:
        return f"write that of an authorization server, e.g. `issuer: {bare}/oauth2/default`"
    if host.startswith("login.microsoftonline.") and not url.path.endswith("/v2.0"):
        return f"write e.g. `issuer: {bare}/v2.0`"
    return (
        "copy the issuer from the provider's console: the address before "
        f"`{WELL_KNOWN}`, with its path"
    )


def _faults(issuer: str, document: Document, wanted: Wanted) -> Iterator[Fault]:
    said = document.get("issuer")
    if not isinstance(said, str) or not said:
        yield Fault(
            message="the discovery document lacks `issuer`",
            hint="it is not that of an OpenID Connect provider; copy the issuer from its console",
        )
    elif wanted.says_its_name and said.rstrip("/") != issuer.rstrip("/"):
        yield Fault(
            message=f"the provider at {issuer} calls itself `{said}`",
            hint=f"write `issuer: {said}`",
        )
    elif wanted.says_its_name and wanted.to_the_letter and said != issuer:
        yield Fault(
            message=f"the provider at {issuer} calls itself `{said}`; who checks its tokens "
            "compares the slash at the end, too",
            hint=f"write `issuer: {said}`",
        )
    yield from _addresses(document, wanted)
    yield from _abilities(document, wanted)


def _addresses(document: Document, wanted: Wanted) -> Iterator[Fault]:
    for name in wanted.needs:
        if not document.get(name):
            yield Fault(
                message=f"the discovery document lacks `{name}`",
                hint="switch it on at the provider; the login cannot do without it",
            )
    for name, value in document.items():
        used = name in wanted.needs or name == "end_session_endpoint"
        if used and _ENDPOINT.search(name) and value and not _is_https(value):
            yield Fault(
                message=f"`{name}` of the provider is `{value}`, which is not https",
                hint="let the provider know its own public address, with https (behind a proxy: "
                "its host name and forwarded headers)",
            )


def _abilities(document: Document, wanted: Wanted) -> Iterator[Fault]:
    if _lacks(document, "response_types_supported", {"code"}):
        yield Fault(
            message="the provider does not offer the response type `code`",
            hint="allow the authorization code flow at the provider",
        )
    if _lacks(document, "grant_types_supported", {"authorization_code"}):
        yield Fault(
            message="the provider does not offer the grant `authorization_code`",
            hint="allow the authorization code flow at the provider",
        )
    if _lacks(document, "token_endpoint_auth_methods_supported", _TEXT_METHODS):
        yield Fault(
            message="the provider takes no client secret at its token endpoint",
            hint="allow `client_secret_post` or `client_secret_basic` for clients there",
        )
    if _lacks(document, "code_challenge_methods_supported", {"S256"}):
        yield Fault(
            message="the provider does not know PKCE with `S256`, with which the hub asks",
            hint="allow it at the provider; without it a stolen code is worth more",
            severity="warning",
        )
    for scope in wanted.scopes:
        if _lacks(document, "scopes_supported", {scope}):
            yield Fault(
                message=f"the provider does not list the scope `{scope}`",
                hint="add it at the provider, or it may refuse the login; some list only a part",
                severity="error" if scope == "openid" else "warning",
            )
    if wanted.name_claim and _lacks(document, "claims_supported", {wanted.name_claim}):
        yield Fault(
            message=f"the provider does not list the claim `{wanted.name_claim}`, which is to be "
            "the user name",
            hint="add it at the provider, or name another one with `username_claim`; "
            "`jhub auth test` shows what it tells",
            severity="warning",
        )


def _lacks(document: Mapping[str, Any], name: str, one_of: frozenset[str] | set[str]) -> bool:
    """Whether a list is there, and has none of the values; lists may be left out."""
    found = document.get(name)
    return isinstance(found, list) and not one_of.intersection(map(str, found))


def _is_https(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and value.startswith("https://")
