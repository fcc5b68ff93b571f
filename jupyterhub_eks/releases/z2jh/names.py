"""Names of objects that chart ``hub-base`` makes and chart ``jupyterhub`` uses."""

from __future__ import annotations

from typing import Final

HOME_CLAIM: Final = "home"
SHARED_CLAIM: Final = "shared"
SHARED_VOLUME: Final = "shared"

LOGIN_SECRET: Final = "hub-login"  # noqa: S105 - a name
USER_PASSWORD: Final = "user-password"  # noqa: S105 - a name
ADMIN_PASSWORD: Final = "admin-password"  # noqa: S105 - a name
CLIENT_SECRET: Final = "client-secret"  # noqa: S105 - a name
