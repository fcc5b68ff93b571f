"""Cognito's login page offers what the app client allows, and takes names in any case.

The emulator's page asks every client's users for a password. Cognito's has a button for
each identity provider of the client, goes there at once where there is only one way to log
in, and takes passwords only where the client has the provider ``COGNITO``.
"""

from __future__ import annotations

import dataclasses
import re
from html import escape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from jupyterhub_eks.local.emulator import stores
from jupyterhub_eks.local.emulator.gaps.cognito_users import spelling
from jupyterhub_eks.local.emulator.messages import AwsResponse

if TYPE_CHECKING:
    from jupyterhub_eks.local.emulator.messages import AwsRequest, Forward

_POOL_ITSELF: Final = "COGNITO"
_FORM: Final = re.compile(rb"<form\b.*?</form>", re.DOTALL)


async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
    """Show and process the login page by what the client allows."""
    if request.path == "/oauth2/authorize" and request.method == "GET":
        return await _page(request, forward)
    if request.path in {"/login", "/oauth2/login"} and request.method == "POST":
        return await _password(request, forward)
    return await forward(request)


def _client(client_id: str) -> tuple[dict[str, Any], tuple[str, ...]] | None:
    """Return the pool and the ways to log in of a client; None if there is none such."""
    _, pool, client = stores.cognito("_find_pool_by_client_id", client_id)
    return (pool, tuple(client["SupportedIdentityProviders"] or [_POOL_ITSELF])) if pool else None


async def _page(request: AwsRequest, forward: Forward) -> AwsResponse:
    asked = {key: values[0] for key, values in request.params.items()}
    found = _client(asked.get("client_id", ""))
    if found is None:
        return await forward(request)
    _, ways = found
    chosen = asked.get("identity_provider")
    if chosen and chosen not in ways:
        return _refusal("Login option is not available. Please try another one")
    if chosen or ways == (_POOL_ITSELF,):
        return await forward(request)
    links = {
        way: urlencode({**asked, "identity_provider": way}) for way in ways if way != _POOL_ITSELF
    }
    if len(ways) == 1:
        return await forward(dataclasses.replace(request, query=links[ways[0]]))
    return _with_links(await forward(request), links, passwords=_POOL_ITSELF in ways)


def _with_links(response: AwsResponse, links: dict[str, str], *, passwords: bool) -> AwsResponse:
    """Add a link for each provider to the page, and take the form away where it is no use."""
    if response.status != 200:
        return response
    text = "".join(
        f'<p><a href="/oauth2/authorize?{escape(query)}">{escape(name)}</a></p>'
        for name, query in links.items()
    ).encode()
    body = _FORM.sub(lambda form: (form[0] if passwords else b"") + text, response.body)
    return response.with_body(body)


async def _password(request: AwsRequest, forward: Forward) -> AwsResponse:
    form = request.form
    found = _client(form.get("client_id", ""))
    if found is None:
        return await forward(request)
    pool, ways = found
    if _POOL_ITSELF not in ways:
        return _refusal("Login option is not available. Please try another one")
    form["username"] = spelling(pool, form.get("username", ""))
    body = urlencode(form).encode()
    headers = {**request.headers, "content-length": str(len(body))}
    return await forward(dataclasses.replace(request, body=body, headers=headers))


def _refusal(text: str) -> AwsResponse:
    body = text.encode()
    headers = (("content-type", "text/plain"), ("content-length", str(len(body))))
    return AwsResponse(400, headers, body)
