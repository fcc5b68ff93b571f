"""A provider whose certificate a private authority issued, as docs/logins/oidc.md describes it."""

from __future__ import annotations

import asyncio
import json
from ssl import SSLCertVerificationError
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML
from tornado.web import HTTPError
from werkzeug.wrappers import Request, Response

from tests.support.hub import values
from tests.support.hub_configuration import configuration
from tests.support.login_pages import FOLDER, blocks
from tests.support.running_hub import authenticator
from tests.support.tls import certificate, listening

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def described() -> dict[str, Any]:
    """Return the configuration of the page."""
    (text,) = (each for each in blocks(FOLDER / "oidc.md") if "hub_values" in each)
    found: dict[str, Any] = YAML(typ="safe").load(text)
    return found


@Request.application
def _provider(request: Request) -> Response:
    url = request.host_url.rstrip("/")
    names = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")
    return Response(json.dumps({"issuer": url} | {name: f"{url}/{name}" for name in names}))


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """Return the PEM file of an authority that nobody knows."""
    return certificate(tmp_path)


@pytest.fixture
def issuer(authority: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield the address of a provider with its certificate."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with listening(_provider, authority) as url:
        yield url


def login_at(issuer: str, authority: Path | None = None) -> Any:
    """Return the hub's login; with ``authority`` as the page has it, at another path."""
    written = described()
    kwargs = written["hub_values"]["hub"]["config"]["OAuthenticator"]["http_request_kwargs"]
    kwargs["ca_certs"] = str(authority or "")
    auth = {**written["auth"], "issuer": issuer}
    own = {"hub_values": written["hub_values"]} if authority else {}
    return authenticator(configuration(values(auth=auth, access=written["access"], **own)))


def test_the_page_names_one_file_for_both_clients() -> None:
    """It is mounted where variable and setting look for it, in the values that are installed."""
    written = described()
    hub = values(**{key: written[key] for key in ("auth", "access", "hub_values")})["hub"]
    path = hub["extraFiles"]["authority"]["mountPath"]
    assert hub["extraEnv"]["SSL_CERT_FILE"] == path
    assert hub["config"]["OAuthenticator"]["http_request_kwargs"] == {"ca_certs": path}


def test_the_document_is_read_with_the_variable(
    issuer: str, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it the hub starts, refuses the login, and its log speaks of the certificate."""
    made = login_at(issuer)
    with pytest.raises(HTTPError) as caught:
        _ = made.authorize_url
    assert "CERTIFICATE_VERIFY_FAILED" in str(caught.value.log_message)

    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    assert made.authorize_url == f"{issuer}/authorization_endpoint"


def test_tokens_are_fetched_with_the_setting(issuer: str, authority: Path) -> None:
    """Of every class of OAuthenticator, also where the variable does not count."""

    async def fetched(made: Any) -> Any:
        return await made.httpfetch(f"{issuer}/token")

    assert asyncio.run(fetched(login_at(issuer, authority)))["issuer"] == issuer
    with pytest.raises(SSLCertVerificationError):
        asyncio.run(fetched(login_at(issuer)))
