"""What ``install.sh`` runs once the environment stands: bring Terraform, then deploy.

``python -m jupyterhub_eks.cli.bootstrap [options of jhub deploy]``. Without options and
without AWS credentials it tries the quickstart on the embedded AWS and says so.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from shlex import join
from typing import TYPE_CHECKING, Final, NoReturn

from jupyterhub_eks.cli.app import end_with, run
from jupyterhub_eks.errors import EXIT_OK, DeployerError, ToolError
from jupyterhub_eks.resources import data_root

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

QUICKSTART: Final = "examples/quickstart/jhub.yaml"
WORK_DIR: Final = "JHUB_WORK_DIR"
# Options of a deploy, besides files, by which a destroy finds the same deployment.
NAMING: Final = ("--work-dir", "--profiles", "--name", "--region", "--auth", "--domain")
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


def options_of_removal(arguments: Sequence[str]) -> list[str]:
    """Return the arguments of a deploy that name what it deployed, for ``cleanup.sh``."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--local", action="store_true")
    parser.add_argument("-f", "--file", action="append", default=[])
    for option in NAMING:
        parser.add_argument(option)
    known = vars(parser.parse_known_args(list(arguments))[0])
    words = ["--local"] if known["local"] else []
    for file in known["file"]:
        words += ["-f", file]
    for option in NAMING:
        if (value := known[option.removeprefix("--").replace("-", "_")]) is not None:
            words += [option, value]
    return words


def removal_of(
    arguments: Sequence[str], root: Path, environ: Mapping[str, str], *, name_of: Callable[[], str]
) -> str:
    """Return the command that removes what a deploy made, whatever lies here by then.

    Args:
        arguments: Those of the deploy.
        root: Checkout, which holds ``cleanup.sh``.
        environ: Environment of the deploy, which may name the work folder.
        name_of: Finds the name of what was deployed; only asked if no argument tells it.
    """
    words = options_of_removal(arguments)
    if (folder := environ.get(WORK_DIR, "")) and "--work-dir" not in words:
        words += ["--work-dir", folder]
    if not {"-f", "--name"} & set(words) and (name := name_of()):
        words += ["--name", name]
    script = os.path.relpath(root / "cleanup.sh")
    return join([script if os.sep in script else f".{os.sep}{script}", *words])


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
        _say(_farewell(arguments))
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


def _farewell(arguments: Sequence[str]) -> str:
    from jupyterhub_eks.cli.console.places import this_program  # noqa: PLC0415 - only at the end

    is_local = "--local" in options_of_removal(arguments)
    where = "on the embedded AWS" if is_local else "to AWS"
    removal = removal_of(
        arguments, data_root(), os.environ, name_of=lambda: _name_of_deployed(arguments)
    )
    chosen = preview_options(arguments)
    return (
        f"\nTo see the hub itself in a browser, on this machine: {this_program()} preview{chosen}\n"
        f"For your own hub: {this_program()} init, then validate and deploy.\n"
        f"To remove what was deployed {where}: {removal}"
    )


def preview_options(arguments: Sequence[str]) -> str:
    """Return the options by which a preview shows what was deployed."""
    words = [word for word in options_of_removal(arguments) if word != "--local"]
    return f" {join(words)}" if words else ""


def _name_of_deployed(arguments: Sequence[str]) -> str:
    """Return the name of what was deployed without being told it; empty if it is not clear."""
    from jupyterhub_eks.cli.options import Place, Sources  # noqa: PLC0415 - only at the end
    from jupyterhub_eks.cli.project import find_project  # noqa: PLC0415 - only at the end

    words = options_of_removal(arguments)
    folder = words[words.index("--work-dir") + 1] if "--work-dir" in words else ""
    place = Place(local="--local" in words, work_dir=Path(folder) if folder else None)
    try:
        return find_project(Sources(), place).workspace.name
    except DeployerError:  # several could be meant
        return ""


if __name__ == "__main__":
    main()
