"""The places from which ``jhub`` takes secrets: environment, Secrets Manager, a terminal."""

from __future__ import annotations

import getpass
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyterhub_eks.aws.secrets_manager import SecretsManager
from jupyterhub_eks.errors import InterruptedRunError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyterhub_eks.ports import Target


def nobody(_: str) -> str:
    """Have nobody to ask."""
    return ""


def typed_unseen(question: str) -> str:
    """Return what is typed on the terminal, which does not show it.

    Raises:
        InterruptedRunError: A signal or the end of input came instead of an answer.
    """
    try:
        return getpass.getpass(f"{question} ", stream=sys.stderr).strip()
    except (KeyboardInterrupt, EOFError):
        sys.stderr.write("\n")  # the question's line is still open
        raise InterruptedRunError("interrupted at the question; nothing was changed") from None


@dataclass(frozen=True, kw_only=True)
class RealSecrets:
    """``ports.SecretReader`` of this machine and the account of a target.

    Attributes:
        environ: Environment of the user.
        target: AWS or the embedded one.
        region: Region of the deployment.
        prompt: Asks on a terminal without showing what is typed; empty: nobody answers.
    """

    environ: Mapping[str, str] = field(repr=False)
    target: Target
    region: str
    prompt: Callable[[str], str] = nobody

    def variable(self, name: str) -> str:
        """Return an environment variable; empty if it is not set."""
        return self.environ.get(name, "")

    def stored(self, name: str) -> str:
        """Return a secret of AWS Secrets Manager."""
        return SecretsManager(self.region, self.target.env).read(name)

    def ask(self, question: str) -> str:
        """Return what is typed; empty where nobody is there to type it."""
        return self.prompt(question)
