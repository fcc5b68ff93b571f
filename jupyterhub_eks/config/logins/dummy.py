"""Login ``dummy``: a shared password."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jupyterhub_eks.config.logins.common import LoginBase


class DummyAuth(LoginBase):
    """One shared password, for trials over port-forward only."""

    type: Literal["dummy"] = Field(description="Login method.")
