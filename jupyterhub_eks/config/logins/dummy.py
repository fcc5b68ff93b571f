"""Login ``dummy``: a shared password."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jupyterhub_eks.config.logins.common import HubGroupsLogin
from jupyterhub_eks.config.secret_source import SecretSource


class DummyAuth(HubGroupsLogin):
    """One shared password, for trials over port-forward only."""

    type: Literal["dummy"] = Field(description="Login method.")
    password: SecretSource | None = Field(
        default=None,
        description="Where the shared password is, of 8 characters at least. Unset: one is "
        "generated. Administrators have a generated one of their own.",
        examples=[{"env": "HUB_PASSWORD"}],
    )
