"""What a provider on loopback is put together from: the server, and how its answers look."""

from __future__ import annotations

import base64
import hashlib
import json
import warnings
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.test import EnvironBuilder
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

# Cookie by which a provider remembers a browser.
SESSION = "session-at-the-provider"


def openid_server() -> WSGIApplication:
    """Return the server, which is imported here because it warns of itself as that happens."""
    import authlib.deprecate  # noqa: F401, PLC0415 - puts its warnings before all filters

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from oidc_provider_mock import app  # noqa: PLC0415
    made: WSGIApplication = app()
    return made


def bearer(request: Request) -> str:
    """Return the token that a request is made with; empty without one."""
    return request.headers.get("Authorization", "").partition(" ")[2]


def digest(verifier: str) -> str:
    """Return the challenge of a verifier (RFC 7636, method S256)."""
    made = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def answer_of(content: Any, status: int = 200) -> Response:
    """Return an answer in JSON."""
    return Response(json.dumps(content), status, content_type="application/json")


def filled_in(request: Request, sub: str) -> Request:
    """Return what a browser sends that fills in the form of the page it asks for."""
    sent = EnvironBuilder("/", query_string=request.args, method="POST", data={"sub": sub})
    return Request(sent.get_environ())


def logged_out(asked: dict[str, str], client: str, callback: str) -> Response:
    """Return the end of a session: back to the hub, if both it and its page are known.

    Args:
        asked: Parameters of the request.
        client: The registered client.
        callback: Its callback; pages of the same host are gone back to.
    """
    back = asked.get("post_logout_redirect_uri", asked.get("logout_uri", ""))
    if asked.get("client_id") != client or urlsplit(back).netloc != urlsplit(callback).netloc:
        return Response("this client or page is not registered", 400)
    answer = redirect(back)
    answer.delete_cookie(SESSION)
    return answer
