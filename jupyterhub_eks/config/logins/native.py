"""Login ``native``: the hub's own sign-up."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jupyterhub_eks.config.logins.common import LoginBase


class NativeAuth(LoginBase):
    """Users sign up on the hub itself and an administrator approves them."""

    type: Literal["native"] = Field(description="Login method.")
    password_min_length: int = Field(
        default=12, ge=8, le=128, description="Fewest characters in a password."
    )
