"""What the stand-in answers: OpenID Connect and OAuth as the provider speaks them."""

from __future__ import annotations

import base64
import binascii
import time
from dataclasses import dataclass, field
from hmac import compare_digest
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_plus, urlencode

from jupyterhub_eks.preview.provider import pages
from jupyterhub_eks.preview.provider.dialects import GITHUB_API, github_answer
from jupyterhub_eks.preview.provider.exchange import Answer, in_json, redirect
from jupyterhub_eks.preview.provider.grants import ACCESS_SECONDS, Asked, Grants
from jupyterhub_eks.preview.provider.signing import SigningKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.preview.provider.exchange import Request
    from jupyterhub_eks.preview.provider.registration import Account, Registration

_KEYS: Final = "/jwks"
_BACK: Final = ("post_logout_redirect_uri", "logout_uri", "returnTo")


@dataclass
class Desk:
    """Who answers.

    Attributes:
        url: Where requests come in, without trailing slash.
        known: The client that is registered, and the people.
    """

    url: str
    known: Registration
    _grants: Grants = field(default_factory=Grants)
    _key: SigningKey = field(default_factory=SigningKey)

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request."""
        told = self.known.dialect
        issuer = told.issuer if self.known.issuer.startswith(self.url) else ""
        places = {
            f"{issuer}/.well-known/openid-configuration": self._discovery,
            _KEYS: lambda _: in_json(self._key.published),
            told.authorize: self._authorize,
            told.token: self._token,
            told.userinfo: self._userinfo,
            told.logout: self._logout,
        }
        if request.path in places:
            return places[request.path](request)
        if self.known.kind == "github" and request.path.startswith(GITHUB_API):
            return self._github(request)
        return pages.refusal_page(self.known, "There is nothing here.", HTTPStatus.NOT_FOUND)

    def _discovery(self, _: Request) -> Answer:
        told = self.known.dialect
        document = {
            "issuer": self.known.issuer,
            "authorization_endpoint": self.url + told.authorize,
            "token_endpoint": self.url + told.token,
            "userinfo_endpoint": self.url + told.userinfo,
            "end_session_endpoint": self.url + told.logout,
            "jwks_uri": self.url + _KEYS,
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": list(told.proofs),
        }
        return in_json(document)

    def _authorize(self, request: Request) -> Answer:
        asked = request.query
        if refused := self._unfit(asked):
            return refused
        if request.method == "GET":
            return pages.people_page(self.known, urlencode(asked))
        if "cancel" in request.form:
            return self._back(asked, error="access_denied")
        account = self.known.account(request.form.get("person", ""))
        if account is None:
            return self._bad("Nobody of that name has an account.")
        login = Asked(
            name=account.name,
            nonce=asked.get("nonce", ""),
            challenge=asked.get("code_challenge", ""),
        )
        return self._back(asked, code=self._grants.code(login))

    def _unfit(self, asked: Mapping[str, str]) -> Answer | None:
        """Return the refusal of a request for a login; None if it is as it should be."""
        if asked.get("client_id") != self.known.client_id:
            return self._bad("It knows no such client.")
        if asked.get("redirect_uri") != self.known.callback:
            return self._bad("The address to come back to is another.")
        if asked.get("response_type") != "code":
            return self._back(asked, error="unsupported_response_type")
        if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
            return self._back(asked, error="invalid_request")
        return None

    def _bad(self, why: str) -> Answer:
        return pages.refusal_page(self.known, why, HTTPStatus.BAD_REQUEST)

    def _back(self, asked: Mapping[str, str], **said: str) -> Answer:
        state = {"state": asked["state"]} if "state" in asked else {}
        return redirect(self.known.callback, said | state)

    def _token(self, request: Request) -> Answer:
        form = request.form
        if request.method != "POST":
            return self._refused("invalid_request", HTTPStatus.METHOD_NOT_ALLOWED)
        if not self._is_client(request):
            return self._refused("invalid_client", HTTPStatus.UNAUTHORIZED)
        login: Asked | None = None
        match form.get("grant_type"):
            case "authorization_code" if form.get("redirect_uri") == self.known.callback:
                login = self._grants.redeemed(form.get("code", ""), form.get("code_verifier", ""))
            case "refresh_token":
                login = self._grants.renewed(form.get("refresh_token", ""))
        account = self.known.account(login.name) if login else None
        if login is None or account is None:
            return self._refused("invalid_grant", HTTPStatus.BAD_REQUEST)
        access, refresh = self._grants.tokens(login)
        if self.known.kind == "github":
            scope = "read:org,user:email"
            return in_json({"access_token": access, "token_type": "bearer", "scope": scope})
        return in_json(
            {
                "access_token": access,
                "token_type": "Bearer",
                "expires_in": ACCESS_SECONDS,
                "refresh_token": refresh,
                "id_token": self._key.token(self._signed(account, login)),
            }
        )

    def _is_client(self, request: Request) -> bool:
        """Return whether the client has proved itself, in a way that the provider takes."""
        known = (self.known.client_id, self.known.client_secret)
        proofs = self.known.dialect.proofs
        kind, _, told = request.authorization.partition(" ")
        given = ("", "")
        if kind.lower() == "basic" and "client_secret_basic" in proofs:
            given = _basic(told)
        elif "client_secret_post" in proofs:
            given = (request.form.get("client_id", ""), request.form.get("client_secret", ""))
        pairs = zip(given, known, strict=True)
        return all(compare_digest(ours.encode(), theirs.encode()) for ours, theirs in pairs)

    def _signed(self, account: Account, login: Asked) -> dict[str, Any]:
        now = int(time.time())
        claims = self.known.dialect.signed(dict(account.claims))
        about = {
            "iss": self.known.issuer,
            "aud": self.known.client_id,
            "iat": now,
            "exp": now + ACCESS_SECONDS,
        }
        nonce = {"nonce": login.nonce} if login.nonce else {}
        return {**_merged(claims, account.added), **about, **nonce}

    def _userinfo(self, request: Request) -> Answer:
        account = self.known.account(self._grants.owner(request.bearer))
        if account is None:
            return in_json({"error": "invalid_token"}, HTTPStatus.UNAUTHORIZED)
        return in_json(_merged(self.known.dialect.told(dict(account.claims)), account.added))

    def _github(self, request: Request) -> Answer:
        account = self.known.account(self._grants.owner(request.bearer))
        if account is None:
            return in_json({"message": "Bad credentials"}, HTTPStatus.UNAUTHORIZED)
        content, status = github_answer(request.path, account.name, account.groups)
        if not content and status == HTTPStatus.NO_CONTENT:
            return Answer(status=HTTPStatus.NO_CONTENT)
        return in_json(content, HTTPStatus(status))

    def _logout(self, request: Request) -> Answer:
        asked = {**request.query, **request.form}
        back = next((asked[name] for name in _BACK if name in asked), self.known.back)
        if asked.get("client_id", self.known.client_id) != self.known.client_id:
            return self._bad("It knows no such client.")
        if back != self.known.back:
            return self._bad("The address to go back to is another.")
        return pages.logged_out_page(self.known)

    def _refused(self, error: str, status: HTTPStatus) -> Answer:
        # GitHub says so with success.
        success = self.known.kind == "github"
        told = {"error": error, "error_description": error}
        return in_json(told, HTTPStatus.OK if success else status)


def _basic(told: str) -> tuple[str, str]:
    """Return id and secret of a header (RFC 6749, 2.3.1); empty if it cannot be read."""
    try:
        name, _, secret = base64.b64decode(told, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(name), unquote_plus(secret)


def _merged(claims: dict[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    """Return claims with those that the configuration names itself."""
    found = dict(claims)
    for name, value in added.items():
        below = found.get(name)
        within = isinstance(below, dict) and isinstance(value, dict)
        found[name] = _merged(dict(below or {}), value) if within else value
    return found
