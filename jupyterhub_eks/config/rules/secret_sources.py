"""Rules for the places that secrets are taken from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.forms import variable_name
from jupyterhub_eks.config.rules.finding import Finding, Path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.secret_source import SecretSource

# Variables that the chart, the hub or Python itself reads.
_TAKEN: Final = re.compile(
    r"(?:JUPYTERHUB|JHUB|CONFIGPROXY|KUBERNETES|HELM|POD|LD)_.*|PYTHON.*|PATH|HOME", re.ASCII
)
# AWS Secrets Manager API, CreateSecret, Name.
_STORED: Final = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
_ARN: Final = re.compile(
    r"arn:aws[a-z-]{0,10}:secretsmanager:[a-z]{2,}(?:-[a-z]+)+-[0-9]+:[0-9]{12}:secret:"
    r"[A-Za-z0-9/_+=.@-]{1,520}"
)
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def source_rules(path: Path, source: SecretSource | None) -> Iterator[Finding]:
    """Yield findings about one place: it says neither, or two, or what cannot be one.

    Args:
        path: Key that holds it.
        source: The place; ``None``: not written.
    """
    if source is None:
        return
    if source.env is None and source.secrets_manager is None:
        yield Finding(
            path=path,
            message=f"`{path[-1]}` does not say where the secret is",
            hint="write e.g. `env: HUB_CLIENT_SECRET` or `secrets_manager: my-hub/client-secret` "
            "below it",
            also=((*path, "env"), (*path, "secrets_manager")),
        )
    elif source.env is not None and source.secrets_manager is not None:
        yield Finding(
            path=path,
            message=f"`{path[-1]}` names two places for one secret",
            hint="remove `env` or `secrets_manager`",
        )
    elif source.secrets_manager is not None:
        yield from _stored((*path, "secrets_manager"), source.secrets_manager)


def _stored(path: Path, name: str) -> Iterator[Finding]:
    if name.startswith("arn:"):
        if not _ARN.fullmatch(name):
            yield Finding(
                path=path,
                message="this ARN is not that of a secret in AWS Secrets Manager, or lacks a part",
                hint="write e.g. `secrets_manager: "
                "arn:aws:secretsmanager:us-west-2:123456789012:secret:my-hub/client-secret-a1b2c3`",
            )
    elif not _STORED.fullmatch(name):
        yield Finding(
            path=path,
            message="this is no name of a secret in AWS Secrets Manager",
            hint="write e.g. `secrets_manager: my-hub/client-secret`; allowed: up to 512 letters, "
            "digits and `/ _ + = . @ -`",
        )


def variable_rules(path: Path, secrets: Mapping[str, SecretSource]) -> Iterator[Finding]:
    """Yield findings about secrets that become variables of the hub.

    Args:
        path: Key that holds them.
        secrets: Where each is taken from, by the name of its variable.
    """
    for name, source in secrets.items():
        if not _VARIABLE.fullmatch(name):
            yield Finding(
                path=(*path, name),
                message=f"`{name}` cannot be an environment variable",
                hint=f"write e.g. `{variable_name(name)}`; allowed: letters, digits and "
                "underscores, no digit first",
                at_key=True,
            )
        elif _TAKEN.fullmatch(name):
            yield Finding(
                path=(*path, name),
                message=f"`{name}` is a variable that the hub or its chart sets or reads itself",
                hint=f"write e.g. `MY_{name}`",
                at_key=True,
            )
        yield from source_rules((*path, name), source)
