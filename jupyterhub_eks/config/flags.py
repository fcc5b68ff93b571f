"""The keys that command-line flags set, and how a problem of a flag reads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jupyterhub_eks.problems import Problem

FLAG_OF: Final = {
    "name": "--name",
    "region": "--region",
    "auth.type": "--auth",
    "auth.provider": "--provider",
    "auth.issuer": "--issuer",
    "auth.client_id": "--client-id",
    "access.domain": "--domain",
    "auth.admins": "--admin",
    "cluster.public_access_cidrs": "--api-cidr",
}


def in_words_of(flag: str, problem: Problem) -> Problem:
    """Return a problem with the value of ``flag`` as it is typed on the command line.

    ```did you mean `type: cognito`?``` becomes ```did you mean `--auth cognito`?```.
    """
    key = problem.path.split("[", maxsplit=1)[0].rpartition(".")[2]

    def spelled(text: str) -> str:
        return text.replace(f"`{key}: ", f"`{flag} ").replace("`- ", f"`{flag} ")

    return replace(problem, message=spelled(problem.message), hint=spelled(problem.hint), flag=flag)
