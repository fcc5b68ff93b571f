"""Whether a login of the user's own is installed where the previewed hub runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.preview.login_provider import authenticator_class
from jupyterhub_eks.tools.process import Command, ProcessRunner

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyterhub_eks.tools.process import Runner

# Packages that the environment of every preview has.
_KNOWN: Final = frozenset({"jupyterhub", "oauthenticator", "nativeauthenticator"})
# JupyterHub takes the path of a class, or a short name that a package registers.
_LOOK: Final = """\
import sys
from importlib.metadata import entry_points
from traitlets import import_item
name = sys.argv[1]
try:
    if "." in name:
        import_item(name)
    elif not entry_points(group="jupyterhub.authenticators", name=name.lower()):
        raise ImportError(f"no package registers a login {name!r}")
except Exception as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(3)
"""


def require_login_class(
    values: Mapping[str, Any], python: Path, runner: Runner | None = None
) -> None:
    """Check that the hub's environment has the login that values name.

    Args:
        values: Of the chart.
        python: Python of the environment.
        runner: Starts it.

    Raises:
        PreflightError: It has not; says what to install, and where.
    """
    name = authenticator_class(values)
    if not name or name.partition(".")[0] in _KNOWN:
        return
    # Isolated, as what lies in this folder is not what the hub has.
    command = Command(
        argv=(str(python), "-I", "-c", _LOOK, name),
        cwd=python.parent,
        env={"PATH": str(python.parent)},
    )
    outcome = (runner or ProcessRunner()).run(command, None)
    if outcome.returncode:
        package = name.partition(".")[0]
        raise PreflightError(
            f"the previewed hub cannot load its login {name}",
            cause=outcome.stdout.strip() or outcome.stderr.strip(),
            hint=f"install the package that has it, e.g. `{python} -m pip install {package}`; "
            "the hub's image on AWS must have it too",
        )
