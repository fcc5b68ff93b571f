"""The client secret for a trial of the login, from where a deploy takes it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jupyterhub_eks.cli.secret_reader import RealSecrets, nobody, typed_unseen
from jupyterhub_eks.cli.wiring import reach_target, region_of
from jupyterhub_eks.errors import PreflightError, UsageError
from jupyterhub_eks.orchestration.asked_secrets import asked_secrets, of_another_client
from jupyterhub_eks.orchestration.giving import NotThereError, obtain
from jupyterhub_eks.ports import Target

if TYPE_CHECKING:
    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.cli.project import Project
    from jupyterhub_eks.orchestration.asked_secrets import AskedSecret
    from jupyterhub_eks.ports import SecretReader


def client_secret(project: Project, screen: Screen, *, of_its_own: bool) -> str:
    """Return the client secret.

    Args:
        project: The deployment, whose login is ``oauth`` unless it is another client's.
        screen: Where it is asked for.
        of_its_own: Whether it is that of another client than the configured one.

    Raises:
        UsageError: It is not where it should be, and nobody can be asked.
        PreflightError: AWS Secrets Manager does not tell it.
        InterruptedRunError: Ctrl-C or Ctrl-D instead of an answer.
    """
    auth = project.require().settings.auth
    (asked,) = (of_another_client(),) if of_its_own else asked_secrets(auth)
    try:
        return obtain(_reader(project, screen, asked), asked)
    except NotThereError as error:
        if isinstance(error.__cause__, PreflightError):
            raise error.__cause__ from None
        name = asked.source.env
        raise UsageError(
            "the client secret cannot be had",
            cause=f"{asked.where}: {error}",
            hint=f"export {name}=…" if name else "",
        ) from error


def _reader(project: Project, screen: Screen, asked: AskedSecret) -> SecretReader:
    kind = project.target
    return RealSecrets(
        environ=os.environ,
        # The embedded AWS is started for what it keeps only.
        target=reach_target(project)[0] if asked.source.secrets_manager else Target(kind=kind),
        region=region_of(project),
        prompt=typed_unseen if screen.terminal.interactive else nobody,
    )
