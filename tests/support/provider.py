"""Identity providers on loopback, for a hub and a browser that do not know the difference.

Codes, tokens and the login form are those of an OpenID Connect server (oidc-provider-mock).
The layer before it gives it the addresses and claims of one provider, and refuses what that
provider refuses: another client, secret or callback, a code without its verifier.
"""

from __future__ import annotations

import base64
import io
import json
import threading
import time
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import jwt
from werkzeug.serving import make_server
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from jupyterhub_eks.preview.provider.dialects import (
    AUTHORIZE,
    DIALECTS,
    GITHUB_API,
    TOKEN,
    USERINFO,
    Dialect,
    github_answer,
)
from tests.support.provider_parts import (
    SESSION,
    answer_of,
    bearer,
    digest,
    filled_in,
    logged_out,
    openid_server,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment

    from tests.support.dialects import Person

_KEY = "k" * 32


class Provider:
    """One provider.

    Attributes:
        url: Where it is.
        issuer: Its name as an issuer.
        seconds: How long its id tokens are good for.
        tokens_asked: Forms that its token endpoint was sent.
        logouts: Parameters with which its session was ended.
        remembers: Whether a browser in which somebody has logged in is not asked again.
        signed: What its id tokens say instead of what they should.
    """

    def __init__(self, kind: str, *, client: tuple[str, str], callback: str) -> None:
        self.kind = kind
        self.dialect: Dialect = DIALECTS[kind]
        self.url = self.issuer = ""
        self.seconds = 3600
        self.tokens_asked: list[dict[str, str]] = []
        self.logouts: list[dict[str, str]] = []
        self.signed: dict[str, Any] = {}
        self._client, self._callback = client, callback
        self._server = openid_server()
        self._people: dict[str, Person] = {}
        self._challenges: dict[str, str] = {}
        self._owners: dict[str, str] = {}
        self._expired: set[str] = set()
        self._fails = self.remembers = False

    def enrol(self, person: Person) -> None:
        """Have a person, or know something else about them from now on."""
        self._people[person.name] = person
        Client(self._server).put(f"/users/{person.name}", json=person.claims)

    def expire_access_tokens(self) -> None:
        """Let every access token be too old, as an hour does."""
        self._expired |= set(self._owners)

    def dismiss(self, name: str) -> None:
        """End the account of a person: no token of theirs is any good."""
        Client(self._server).post(f"/users/{name}/revoke-tokens")
        self._expired |= {token for token, owner in self._owners.items() if owner == name}

    @contextmanager
    def failing(self) -> Iterator[None]:
        """Answer everything with a fault meanwhile."""
        self._fails = True
        try:
            yield
        finally:
            self._fails = False

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        request = Request(environ)
        # Kept, so that the form can be read here and behind.
        request.get_data()
        return self._answer(request)(environ, start)

    def _answer(self, request: Request) -> Response:
        if self._fails:
            return Response("temporarily unavailable", 503)
        told = self.dialect
        known = {
            f"{told.issuer}/.well-known/openid-configuration": self._discovery,
            told.authorize: self._authorize,
            told.token: self._token,
            told.userinfo: self._userinfo,
            told.logout: self._logout,
        }
        if request.path in known:
            return known[request.path](request)
        if self.kind == "github" and request.path.startswith(GITHUB_API):
            return self._github(request)
        return Response("There is nothing here.", 404)

    def _logout(self, request: Request) -> Response:
        asked = request.values.to_dict()
        self.logouts.append(asked)
        return logged_out(asked, self._client[0], self._callback)

    def _authorize(self, request: Request) -> Response:
        asked = request.args
        if asked.get("client_id") != self._client[0]:
            return Response("unknown client", 400)
        if asked.get("redirect_uri") != self._callback:
            return Response("redirect_uri is not registered", 400)
        answer = self._asked_for_a_login(request)
        code = parse_qs(urlsplit(answer.headers.get("Location", "")).query).get("code")
        if code and asked.get("code_challenge_method") == "S256":
            self._challenges[code[0]] = asked["code_challenge"]
        return answer

    def _asked_for_a_login(self, request: Request) -> Response:
        """Return the form, or where somebody goes who fills it in or has done so before."""
        known = request.cookies.get(SESSION) if self.remembers else None
        if known and request.method == "GET":
            return self._behind(AUTHORIZE, filled_in(request, known))
        answer = self._behind(AUTHORIZE, request)
        if self.remembers and answer.status_code == HTTPStatus.FOUND:
            answer.set_cookie(SESSION, request.form["sub"])
        return answer

    def _token(self, request: Request) -> Response:
        form = request.form.to_dict()
        self.tokens_asked.append(form)
        if self._proof(request, form) != self._client:
            return self._refusal(401, "invalid_client")
        challenge = self._challenges.get(form.get("code", ""))
        verifier = form.get("code_verifier", "")
        if challenge is not None and digest(verifier) != challenge:
            return self._refusal(400, "invalid_grant")
        # Behind, a refresh takes the client in the header only; here it has been checked.
        basic = base64.b64encode(":".join(self._client).encode()).decode()
        answer = self._behind(TOKEN, request, HTTP_AUTHORIZATION=f"Basic {basic}")
        if answer.status_code != 200:
            return self._refusal(answer.status_code, json.loads(answer.get_data())["error"])
        return answer_of(self._tokens(json.loads(answer.get_data()), form))

    def _proof(self, request: Request, form: dict[str, str]) -> tuple[str | None, str | None]:
        """Return id and secret with which a client proves itself, in a way that is known."""
        told = request.authorization
        if told and told.type == "basic" and "client_secret_basic" in self.dialect.proofs:
            return told.username, told.password
        if "client_secret_post" in self.dialect.proofs:
            return form.get("client_id"), form.get("client_secret")
        return None, None

    def _tokens(self, issued: dict[str, Any], form: dict[str, str]) -> dict[str, Any]:
        owner = self._owner(issued, form)
        for kind in ("access_token", "refresh_token"):
            if kind in issued:
                self._owners[issued[kind]] = owner
        if self.kind == "github":
            return {name: issued[name] for name in ("access_token", "token_type")} | {
                "scope": "read:org,user:email"
            }
        claims = self.dialect.signed({**self._people[owner].claims, "sub": owner})
        now = int(time.time())
        issuer = self.dialect.name or self.issuer
        about = {"iss": issuer, "aud": self._client[0], "iat": now, "exp": now + self.seconds}
        signed = {**claims, **about, **self.signed}
        return {**issued, "id_token": jwt.encode(signed, _KEY, algorithm="HS256")}

    def _owner(self, issued: dict[str, Any], form: dict[str, str]) -> str:
        if form["grant_type"] == "refresh_token":
            return self._owners[form["refresh_token"]]
        known = Client(self._server).get(
            USERINFO, headers={"Authorization": f"Bearer {issued['access_token']}"}
        )
        return str(json.loads(known.get_data())["sub"])

    def _userinfo(self, request: Request) -> Response:
        if bearer(request) in self._expired:
            return answer_of({"error": "invalid_token"}, 401)
        answer = self._behind(USERINFO, request)
        if answer.status_code != 200:
            return answer_of({"error": "invalid_token"}, 401)
        claims = json.loads(answer.get_data())
        if self.kind == "github":
            # Its scopes are not those of OpenID Connect.
            claims = {**self._people[claims["sub"]].claims, "sub": claims["sub"]}
        return answer_of(self.dialect.told(claims))

    def _github(self, request: Request) -> Response:
        """Answer what GitHub tells of teams and organisations."""
        owner = self._owners.get(bearer(request))
        if owner is None:
            return answer_of({"message": "Bad credentials"}, 401)
        person = self._people[owner]
        content, status = github_answer(request.path, person.name, person.groups)
        return answer_of(content, status)

    def _discovery(self, _: Request) -> Response:
        told = self.dialect
        addresses: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": self.url + told.authorize,
            "token_endpoint": self.url + told.token,
            "userinfo_endpoint": self.url + told.userinfo,
            "end_session_endpoint": self.url + told.logout,
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_methods_supported": list(told.proofs),
        }
        return answer_of(addresses)

    def _refusal(self, status: int, error: str) -> Response:
        # GitHub says so with success.
        return answer_of(
            {"error": error, "error_description": error}, status if self.kind != "github" else 200
        )

    def _behind(self, path: str, request: Request, **headers: str) -> Response:
        """Ask the server behind the layer, for which the layer stands for TLS."""
        environ = {**request.environ, **headers, "PATH_INFO": path, "wsgi.url_scheme": "https"}
        environ["wsgi.input"] = io.BytesIO(request.get_data())
        return Response.from_app(self._server, environ)


@contextmanager
def provider(kind: str, *, client: tuple[str, str], callback: str) -> Iterator[Provider]:
    """Yield a provider that listens on loopback.

    Args:
        kind: Key of ``DIALECTS``.
        client: Id and secret of the one client that is registered.
        callback: Its registered callback.
    """
    made = Provider(kind, client=client, callback=callback)
    server = make_server("127.0.0.1", 0, made, threaded=True)
    made.url = f"http://127.0.0.1:{server.server_port}"
    made.issuer = made.url + made.dialect.issuer
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
