"""Ask the providers that a configuration names, and say at which key they do not fit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.oauth import OAuthAuth
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.oidc.discovery import HUB_NEEDS, Wanted, discover
from jupyterhub_eks.oidc.fetching import fetch
from jupyterhub_eks.releases.z2jh.providers import provider_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyterhub_eks.config.auth import Auth
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.oidc.fetching import Answer

# Cognito verifies the signature of the id token (Amazon Cognito, OIDC identity providers).
_COGNITO_NEEDS: Final = (*HUB_NEEDS, "jwks_uri")
_KNOWN: Final = {
    "google": "https://accounts.google.com",
    "gitlab": "https://gitlab.com",
    "cilogon": "https://cilogon.org",
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """A provider to ask.

    Attributes:
        path: Key that names it.
        issuer: Its issuer.
        wanted: What is needed of it.
    """

    path: Path
    issuer: str
    wanted: Wanted


class OnlineCheck:
    """The check of ``--online``.

    Args:
        ask: Fetches an address.

    Attributes:
        asked: Issuers that were asked.
    """

    def __init__(self, ask: Callable[[str], Answer] = fetch) -> None:
        self._ask = ask
        self.asked: list[str] = []

    def find(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield what does not fit, of all providers."""
        questions = list(questions_of(deployment.settings.auth))
        self.asked += [each.issuer for each in questions]
        with ThreadPoolExecutor(max_workers=8) as pool:
            found = pool.map(lambda each: discover(each.issuer, each.wanted, self._ask), questions)
            for question, discovery in zip(questions, found, strict=True):
                for fault in discovery.faults:
                    yield Finding(
                        path=question.path,
                        message=fault.message,
                        hint=fault.hint,
                        severity=fault.severity,
                    )


def questions_of(auth: Auth) -> Iterator[Question]:
    """Yield the providers whose discovery document can be asked for; GitHub has none."""
    if isinstance(auth, CognitoAuth):
        for name, each in auth.identity_providers.items():
            if each.oidc:
                path: Path = ("auth", "identity_providers", name, "oidc", "issuer")
                # It refuses id tokens of an issuer of other letters; the hub reads over a slash.
                wanted = Wanted(needs=_COGNITO_NEEDS, scopes=each.oidc.scopes, to_the_letter=True)
                yield Question(path=path, issuer=each.oidc.issuer, wanted=wanted)
    elif isinstance(auth, OAuthAuth) and auth.provider != "github":
        yield _of_oauth(auth)


def _of_oauth(auth: OAuthAuth) -> Question:
    provider = provider_of(auth)
    own = "" if auth.provider in ("google", "cilogon") else auth.issuer
    issuer = own or _KNOWN[auth.provider]
    if auth.provider == "entra":
        issuer = issuer.rstrip("/").removesuffix("/v2.0") + "/v2.0"
    wanted = Wanted(
        needs=HUB_NEEDS if provider.discovery else (),
        scopes=provider.scopes,
        # Google's and CILogon's are told elsewhere, under names that the document has not.
        name_claim=str(provider.config.get("username_claim", "")) if own else "",
        # Of a tenant that is named by its domain, the document has the id.
        says_its_name=auth.provider != "entra",
    )
    return Question(path=("auth", "issuer" if own else "provider"), issuer=issuer, wanted=wanted)
