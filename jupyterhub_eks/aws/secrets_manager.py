"""Read secrets from AWS Secrets Manager."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.aws.session import Clients, explain
from jupyterhub_eks.errors import PreflightError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class SecretsManager:
    """The secrets of an account in a region.

    Attributes:
        region: Region; one that an ARN names counts instead.
        env: Variables of the target (:attr:`jupyterhub_eks.ports.Target.env`).
    """

    region: str
    env: Mapping[str, str] = field(repr=False)

    @cached_property
    def _clients(self) -> dict[str, Clients]:
        return {}

    def read(self, name: str) -> str:
        """Return the current value of a secret.

        Args:
            name: Name or ARN.

        Raises:
            PreflightError: There is none, it may not be read, or it is not one text.
        """
        region = name.split(":")[3] if name.startswith("arn:") else self.region
        clients = self._clients.setdefault(region, Clients(region, self.env))
        client = clients.get("secretsmanager")
        try:
            answer: dict[str, Any] = client.get_secret_value(SecretId=name)
        except client.exceptions.ResourceNotFoundException as error:
            raise PreflightError(
                f"AWS Secrets Manager has no secret {name} in {region}"
                + (" (the embedded AWS of this machine)" if self.env else "")
            ) from error
        except Exception as error:
            raise explain(error, f"read the secret {name} of AWS Secrets Manager") from error
        return _text(name, answer)


def _text(name: str, answer: Mapping[str, Any]) -> str:
    """Return the one text of a secret; the console keeps a text as a mapping of one key."""
    text = answer.get("SecretString")
    if not isinstance(text, str):
        raise PreflightError(f"the secret {name} of AWS Secrets Manager is binary, not text")
    try:
        parsed = json.loads(text)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        return text.removesuffix("\n")
    if len(parsed) == 1 and isinstance(value := next(iter(parsed.values())), str):
        return value
    raise PreflightError(
        f"the secret {name} of AWS Secrets Manager holds {len(parsed)} keys",
        cause="it is to hold one text, or one key with it",
    )
