"""A login made of settings as in ``jhub.yaml``, and somebody who comes to it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from tests.support.hub import DOMAIN, values
from tests.support.hub_configuration import configuration
from tests.support.running_hub import Handler, Provider, authenticator

if TYPE_CHECKING:
    from pathlib import Path

    from traitlets.config import Config

PROVIDER = "https://login.example.org"


def oauth(provider: str, **more: Any) -> dict[str, Any]:
    """Return the ``auth`` section for a provider."""
    return {"type": "oauth", "provider": provider, "client_id": "client-2", **more}


def login(auth: dict[str, Any]) -> Any:
    """Return the login that the hub makes of the rendered values."""
    return authenticator(hub_of(auth))


def hub_of(auth: dict[str, Any]) -> Config:
    """Return the hub's configuration for an ``auth`` section."""
    access = {} if auth["type"] == "dummy" else DOMAIN
    return configuration(values(auth=auth, access=access))


def enter(auth: dict[str, Any], provider: Provider) -> dict[str, Any] | None:
    """Let a user of a provider log in; None if the hub refuses."""

    async def come_back() -> dict[str, Any] | None:
        made = login(auth)
        made.http_client = provider
        provider.issuer = next(iter(getattr(made, "issuers", ())), "")
        found: dict[str, Any] | None = await made.get_authenticated_user(Handler(), None)
        return found

    return asyncio.run(come_back())


def type_password(
    made: Any, name: str, password: str, *, chosen: str | None = None
) -> dict[str, Any] | None:
    """Fill in the login form, and the one for an own password when it is asked for."""
    own = {"new_password": chosen, "new_password_again": chosen} if chosen else {}

    async def submit() -> dict[str, Any] | None:
        data = {"username": name, "password": password, **own}
        found: dict[str, Any] | None = await made.get_authenticated_user(Handler(), data)
        return found

    return asyncio.run(submit())


def publish(folder: Path, **document: Any) -> str:
    """Write what an OpenID Connect provider publishes about itself; return its issuer.

    Args:
        folder: Where it is.
        document: What it says besides, or instead; None: what it leaves out.
    """
    issuer = folder.as_uri()
    said = {
        "issuer": issuer,
        "authorization_endpoint": f"{PROVIDER}/authorize",
        "token_endpoint": f"{PROVIDER}/token",
        "userinfo_endpoint": f"{PROVIDER}/me",
        **document,
    }
    file = folder / ".well-known" / "openid-configuration"
    file.parent.mkdir(exist_ok=True)
    kept = {key: value for key, value in said.items() if value is not None}
    file.write_text(json.dumps(kept), encoding="utf-8")
    return issuer
