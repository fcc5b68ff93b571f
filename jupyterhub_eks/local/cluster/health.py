"""Ask components over HTTPS with certificates of the control plane."""

from __future__ import annotations

import http.client
import json
import ssl
from typing import TYPE_CHECKING, Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

from jupyterhub_eks.local.cluster import pki

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.local.cluster.plan import Component

_SECONDS: Final = 5.0


def answers(component: Component, folder: Path) -> bool:
    """Return whether a component says that it is ready.

    Args:
        component: Whom to ask.
        folder: Folder of the certificates.
    """
    status, _ = ask(component.health, folder, component.authority, component.client)
    return status == http.client.OK


def ask(
    url: str, folder: Path, authority: str = pki.API_CA, client: str = "admin"
) -> tuple[int, Any]:
    """Return status and JSON of a GET, or ``(0, None)`` if nobody answers as they should.

    Args:
        url: Address on this machine.
        folder: Folder of the certificates.
        authority: Name of the authority that the server's certificate must be of.
        client: Name of the certificate to show.
    """
    try:
        # A proxy setting must not see loopback traffic.
        handlers = [ProxyHandler({}), HTTPSHandler(context=_context(folder, authority, client))]
        with build_opener(*handlers).open(url, timeout=_SECONDS) as answer:
            return answer.status, _document(answer.read())
    except HTTPError as error:
        with error:
            return error.code, None
    except (URLError, OSError, http.client.HTTPException):
        return 0, None


def _context(folder: Path, authority: str, client: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(pki.certificate(folder, authority)))
    context.load_cert_chain(
        str(pki.certificate(folder, client)), str(pki.private_key(folder, client))
    )
    return context


def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
