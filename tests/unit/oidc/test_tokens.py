"""What a provider answers to the code is taken only where it is what it has to be."""

from __future__ import annotations

import base64
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from jupyterhub_eks.cli.console.auth import draw_verdict
from jupyterhub_eks.config.logins.oauth import OAuthAuth
from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.oidc.endpoints import Endpoints
from jupyterhub_eks.oidc.flow import Client, Login
from jupyterhub_eks.oidc.verdict import Verdict
from jupyterhub_eks.releases.z2jh.providers import provider_of

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEP = "[" * 200_000
GOOD = {"access_token": "a", "token_type": "Bearer"}


def token_of(payload: str) -> str:
    """Return an id token with a payload."""
    parts = (json.dumps({"alg": "none"}), payload, "")
    return ".".join(base64.urlsafe_b64encode(each.encode()).decode() for each in parts)


@contextmanager
def answering(tokens: str, userinfo: str) -> Iterator[Login]:
    """Yield a login at a provider that answers so."""

    @Request.application
    def app(request: Request) -> Response:
        return Response(tokens if request.path == "/token" else userinfo)

    server = make_server("127.0.0.1", 0, app, threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    auth = OAuthAuth(type="oauth", client_id="c", issuer=url)
    there = Endpoints(authorize=f"{url}/a", token=f"{url}/token", userinfo=f"{url}/me")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield Login(provider_of(auth), there, Client(id="c", secret="s", callback=f"{url}/back"))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("tokens", "userinfo", "said"),
    [
        (DEEP, "{}", "status 200"),
        ("<!doctype html><p>log in", "{}", "a web page (status 200)"),
        ({"access_token": 5, "token_type": [1], "id_token": {"a": 1}}, "{}", "`access_token`"),
        ({**GOOD, "access_token": "a\nb"}, "{}", "`access_token`"),
        ({**GOOD, "token_type": [1]}, "{}", "`token_type`"),
        ({"access_token": "a"}, "{}", "`token_type`"),
        ({**GOOD, "id_token": {"a": 1}}, "{}", "no signed JSON Web Token"),
        ({**GOOD, "id_token": "a.b.c"}, "{}", "no signed JSON Web Token"),
        ({**GOOD, "id_token": token_of(DEEP)}, "{}", "no signed JSON Web Token"),
        ({**GOOD, "id_token": token_of("[]")}, "{}", "no signed JSON Web Token"),
        (GOOD, DEEP, "something that is no such JSON"),
        (GOOD, "[]", "something that is no such JSON"),
        (GOOD, "<html>", "a web page (status 200)"),
    ],
)
def test_answers_that_are_none(tokens: Any, userinfo: str, said: str) -> None:
    """Each is told with its cause; none ends as a fault of this program."""
    text = tokens if isinstance(tokens, str) else json.dumps(tokens)
    with answering(text, userinfo) as login, pytest.raises(PreflightError) as caught:
        login.finish({"state": login.state, "code": "c"})
    assert said in caught.value.cause


def test_what_others_wrote_is_shown_in_one_line() -> None:
    """Nobody writes a line of the result, or moves the cursor of whoever reads it."""
    name = "x@evil.org\nlet in  x@evil.org\x1b[1A\x1b]0;t"
    drawn = list(draw_verdict(Verdict(name=name, groups=(name,), because=(name,))))
    assert len(drawn) > 4
    for line in drawn:
        assert line.plain.isprintable()
