"""The hub's service for `jhub users`: a token that the chart makes, and the least scopes."""

from __future__ import annotations

from typing import Any, Final

SERVICE: Final = "jhub"
# Made by the chart with its own Secret, and kept over upgrades.
HUB_SECRET: Final = "hub"  # noqa: S105 - a name
TOKEN_KEY: Final = f"hub.services.{SERVICE}.apiToken"
SCOPES: Final = (
    "admin:users",  # to make and delete users; the hub has no smaller one
    "groups",
    "read:servers",
    "delete:servers",
)


def service_values() -> dict[str, Any]:
    """Return the values that let `jhub users` in."""
    role = {"description": "jhub users", "scopes": list(SCOPES), "services": [SERVICE]}
    return {"hub": {"services": {SERVICE: {}}, "loadRoles": {SERVICE: role}}}
