"""Where a secret is taken from; the secret itself is written in no file."""

from __future__ import annotations

from pydantic import Field

from jupyterhub_eks.config.base import Section


class SecretSource(Section):
    """One of the places that hold a secret when it is deployed."""

    env: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="Environment variable of `jhub` that holds the secret.",
        examples=["HUB_CLIENT_SECRET"],
    )
    secrets_manager: str | None = Field(
        default=None,
        min_length=1,
        description="Name of a secret in AWS Secrets Manager in the deployment's region, or the "
        "ARN of one in any region.",
        examples=["my-hub/client-secret"],
    )
