"""Give stacks the secrets that somebody else made: read now, handed over as variables.

They stand in the environment of Terraform's processes and in nothing else that is ours. One
that is not to be had stays as it was deployed, read back from where its stack keeps it, so
that a plan shows no change.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.orchestration.asked_secrets import HUB, AskedSecret, asked_secrets
from jupyterhub_eks.orchestration.events import Note
from jupyterhub_eks.orchestration.files import read_document
from jupyterhub_eks.orchestration.hub_objects import (
    contents,
    deployed_client,
    login_secret,
    restart_for_login,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from jupyterhub_eks.cluster_port import ClusterApi
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.session import Session
    from jupyterhub_eks.ports import SecretReader

PREFIX: Final = "TF_VAR_"
# What a plan that nobody applies has in place of a secret, which it does not show.
_TO_COME: Final = "not given yet"
_PROVIDER: Final = "aws_cognito_identity_provider"
_PLACEHOLDER: Final = "CHANGEME"


class NotThereError(Exception):
    """A secret is not where the configuration says; the text says so without the secret."""


def give_secrets(
    session: Session, deployment: Deployment, stacks: Iterable[str], *, only_shown: bool = False
) -> None:
    """Read the secrets that these stacks need, and remember them for Terraform's processes.

    Args:
        session: The run.
        deployment: The configuration.
        stacks: Stacks that are planned or applied.
        only_shown: Nothing is applied of what is planned: one that is not to be had is planned
            as it was deployed, or as one to come.

    Raises:
        PreflightError: Some are missing; names all of them.
        ClusterError: The cluster, which keeps some, does not answer.
    """
    names = set(stacks)
    kept = _Kept(session)
    missing: list[str] = []
    for asked in asked_secrets(deployment.settings.auth):
        if asked.stack not in names:
            continue
        try:
            value = obtain(session.ctx.secrets, asked, kept.value)
        except NotThereError as error:
            why = f"{asked.where}: {error}{kept.remark(asked)}"
            if not only_shown:
                missing.append(why)
                continue
            session.emit(Note(text=f"{why}; the plan goes without it"))
            value = kept.look(asked) or _TO_COME
        session.give(asked.stack, PREFIX + asked.variable, value)
    if missing:
        raise PreflightError(
            f"{len(missing)} secret{'s' if len(missing) > 1 else ''} of the login cannot be had",
            cause="\n".join(missing),
            hint="put them there, e.g. `export NAME=...` in the shell that runs jhub, then run the "
            "same command again; nothing was changed",
        )


def restart_hub(session: Session) -> None:
    """Let the hub read a login's Secret that this run has changed.

    Raises:
        ClusterError: The cluster does not answer.
    """
    ctx = session.ctx
    api = ctx.kubernetes.open(ctx.workspace.name)
    if api and restart_for_login(api):
        session.emit(Note(text="a secret of the login has changed: the hub restarts with it"))


def placeholders(directory: Path) -> dict[str, str]:
    """Return values for the variables of a stack that is to be removed, which nobody reads."""
    variables: dict[str, Any] = read_document(directory).get("variable", {})
    return {
        PREFIX + name: "removed"
        for name, settings in variables.items()
        if "default" not in settings
    }


def obtain(
    reader: SecretReader, asked: AskedSecret, kept: Callable[[AskedSecret], str] | None = None
) -> str:
    """Return a secret: from its place, else what is deployed, else what somebody types.

    Args:
        reader: The places.
        asked: The secret.
        kept: Tells what is deployed; empty: nothing.

    Raises:
        NotThereError: It is not to be had, or cannot be the secret.
    """
    if value := _read_source(reader, asked):
        return value
    if kept and (value := kept(asked)):
        return value
    if asked.may_prompt and (value := reader.ask(f"{asked.where} (not shown):")):
        return _checked(value, asked)
    raise NotThereError(f"{_place(asked)} is not set")


def _read_source(reader: SecretReader, asked: AskedSecret) -> str:
    """Return a secret from where the configuration says; empty: a variable is not set.

    Raises:
        NotThereError: It is not there, or cannot be the secret.
    """
    if asked.source.env:
        value = reader.variable(asked.source.env)
    elif asked.source.secrets_manager:
        try:
            value = reader.stored(asked.source.secrets_manager)
        except PreflightError as error:
            reason = f": {error.cause}" if error.cause else ""
            raise NotThereError(f"{error.message}{reason}") from error
    else:
        value = ""
    return _checked(value, asked) if value else ""


def _checked(value: str, asked: AskedSecret) -> str:
    fault = ""
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        fault = "is no text in UTF-8"
    elif value != value.strip() or not value.isprintable():
        fault = "begins or ends with a blank, or has a line break or another sign that is not shown"
    elif value.upper() == _PLACEHOLDER:
        fault = f"is still {_PLACEHOLDER}"
    elif len(value) < asked.shortest:
        fault = f"is shorter than {asked.shortest} characters"
    if fault:
        raise NotThereError(f"what {_place(asked)} holds {fault}")
    return value


def _place(asked: AskedSecret) -> str:
    if asked.source.env:
        return f"the environment variable {asked.source.env}"
    return f"the secret {asked.source.secrets_manager} in AWS Secrets Manager"


@dataclass
class _Kept:
    """What was given to an earlier deploy, looked for once it is needed."""

    session: Session

    def value(self, asked: AskedSecret) -> str:
        """Return what is there of a secret, and say so; empty: nothing."""
        if value := self.look(asked):
            text = f"{asked.where}: {_place(asked)} is not set; what is there stays"
            self.session.emit(Note(text=text))
        return value

    def look(self, asked: AskedSecret) -> str:
        """Return what is there of a secret; empty: nothing."""
        if self.session.known(asked.stack).state == "absent" or self._is_other(asked):
            return ""
        return (self._hub if asked.stack == HUB else self._providers).get(asked.key, "")

    def remark(self, asked: AskedSecret) -> str:
        """Return why what is there is of no use, as the end of a sentence; mostly nothing."""
        return "; what is there is the secret of another client" if self._is_other(asked) else ""

    def _is_other(self, asked: AskedSecret) -> bool:
        return bool(asked.client and self._client and asked.client != self._client)

    @cached_property
    def _api(self) -> ClusterApi | None:
        ctx = self.session.ctx
        return ctx.kubernetes.open(ctx.workspace.name)

    @cached_property
    def _hub(self) -> dict[str, str]:
        return contents(login_secret(self._api)) if self._api else {}

    @cached_property
    def _client(self) -> str:
        return deployed_client(self._api) if self._api else ""

    @cached_property
    def _providers(self) -> dict[str, str]:
        return {
            str(each.attributes.get("provider_name")): str(
                (each.attributes.get("provider_details") or {}).get("client_secret") or ""
            )
            for each in self.session.state("identity").resources
            if each.type == _PROVIDER
        }
