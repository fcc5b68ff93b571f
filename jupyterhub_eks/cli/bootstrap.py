"""What ``install.sh`` runs once the environment stands: bring Terraform, then deploy.

``python -m jupyterhub_eks.cli.bootstrap [options of jhub deploy]``. Without options and
without AWS credentials it tries the quickstart on the embedded AWS and says so.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final, NoReturn

from jupyterhub_eks.cli.app import end_with, run
from jupyterhub_eks.errors import EXIT_OK, ToolError
from jupyterhub_eks.resources import data_root

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

QUICKSTART: Final = "examples/quickstart/jhub.yaml"
HELP: Final = frozenset({"-h", "--help"})


def choose_arguments(
    given: Sequence[str], root: Path, *, has_credentials: Callable[[], bool]
) -> tuple[list[str], str]:
    """Return the arguments for ``jhub deploy`` and a line that says why.

    Args:
        given: Arguments of ``install.sh``.
        root: Checkout, which holds the quickstart.
        has_credentials: Tells whether there are AWS credentials; only asked without arguments.
    """
    if given:
        return list(given), ""
    if has_credentials():
        return [], "AWS credentials found: deploying to that account, after your confirmation"
    quickstart = os.path.relpath(root / QUICKSTART)
    reason = (
        f"no AWS credentials found: deploying {quickstart} on the embedded AWS of this machine\n"
        "(a real account: give credentials, or options of `jhub deploy`)"
    )
    return ["--local", "-f", quickstart], reason


def main() -> NoReturn:
    """Run the deploy that the arguments mean and end with its exit code."""
    given = sys.argv[1:]
    end_with(lambda: _bring_and_deploy(given), given)


def _bring_and_deploy(given: list[str]) -> int:
    if HELP & set(given):
        return run(["deploy", "--help"])
    arguments, reason = choose_arguments(given, data_root(), has_credentials=_has_credentials)
    if reason:
        _say(reason)
    provide_terraform(os.environ)
    code = run(["deploy", *arguments])
    if code == EXIT_OK and "--json" not in given:
        _say(_farewell(local="--local" in arguments))
    return code


def provide_terraform(environ: Mapping[str, str]) -> Path:
    """Return Terraform of this machine, else bring the tested one into the cache.

    Raises:
        ToolError: There is none and none can be brought.
    """
    from jupyterhub_eks.tools.terraform_binary import (  # noqa: PLC0415 - not for `--help`
        bring_terraform,
        find_terraform,
    )

    try:
        return find_terraform(environ)
    except ToolError as error:
        _say(f"{error.message}; bringing one")
        return bring_terraform()


def _has_credentials() -> bool:
    """Whether somebody gave credentials to this user.

    The role of an EC2 machine does not count: it is often there without anybody having
    thought of this program, and ``jhub deploy`` uses it when it is called by name.
    """
    import botocore.session  # noqa: PLC0415 - only asked without arguments

    session = botocore.session.Session()
    resolver = session.get_component("credential_provider")
    for provider in ("iam-role", "container-role"):
        resolver.remove(provider)
    return session.get_credentials() is not None


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _farewell(*, local: bool) -> str:
    from jupyterhub_eks.cli.console.places import this_program  # noqa: PLC0415 - only at the end

    return (
        f"\nFor your own hub: {this_program()} init, then validate and deploy.\n"
        f"To remove everything: ./cleanup.sh{' --local' if local else ''}"
    )


if __name__ == "__main__":
    main()
