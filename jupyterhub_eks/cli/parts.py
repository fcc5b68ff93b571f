"""The parts that a deployment is made with, as they are found on this machine.

Nothing is imported from them and nothing is written or downloaded, so that the answer is
quick and the same as the next command will find.
"""

from __future__ import annotations

import functools
import platform
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks import versions
from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.tools.helm_binary import WAYS, find_helm, helm_version, refuse_to_bring
from jupyterhub_eks.tools.layer import can_bring as can_bring_helm
from jupyterhub_eks.tools.packaged_node import packaged_node
from jupyterhub_eks.tools.program_version import printed_version
from jupyterhub_eks.tools.providers import (
    OPTIONAL_SOFTWARE,
    aws_provider_versions,
    find_mirror,
    user_configuration,
)
from jupyterhub_eks.tools.terraform_binary import find_terraform, terraform_version
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from collections.abc import Mapping

INSTALL: Final = "./install.sh brings it"
# Part and the Python package that carries it; none is imported for its version.
PACKAGES: Final = (
    ("ministack", "ministack"),
    ("CDKTF", "cdktf"),
    ("AWS bindings", "cdktf-cdktf-provider-aws"),
)


@dataclass(frozen=True, kw_only=True)
class Part:
    """Something that a deployment is made with.

    Attributes:
        name: As people call it.
        version: What was found; None if nothing usable was.
        where: Path or place of it; empty for a Python package of this environment.
        wanted: Range of versions that will do; empty if only one is ever installed.
        problem: Why nothing usable was found.
        remedy: How to get it.
    """

    name: str
    version: str | None
    where: str = ""
    wanted: str = ""
    problem: str = ""
    remedy: str = ""


def find_parts(environ: Mapping[str, str]) -> tuple[Part, ...]:
    """Return Python, Terraform, the AWS provider, Helm, Node and the packages, found or not."""
    python = Part(
        name="Python", version=platform.python_version(), where=sys.prefix, wanted=">= 3.11"
    )
    packages = (_package(name, distribution) for name, distribution in PACKAGES)
    terraform, provider, helm = _terraform(environ), _provider(environ), _helm(environ)
    return (python, terraform, provider, helm, _node(environ), *packages)


def _terraform(environ: Mapping[str, str]) -> Part:
    version_of = functools.cache(terraform_version)
    wanted = f">= {'.'.join(map(str, versions.TERRAFORM_MINIMUM))}"
    try:
        binary = find_terraform(environ, version_of=version_of)
    except ToolError as error:
        remedy = f"{INSTALL}, or set JHUB_TERRAFORM to one {wanted}"
        return _missing("Terraform", error, wanted=wanted, remedy=remedy)
    return Part(name="Terraform", version=version_of(binary), where=str(binary), wanted=wanted)


def _provider(environ: Mapping[str, str]) -> Part:
    """Return the AWS provider; the registry has it too where no folder of this machine does."""
    name, wanted = "AWS provider", versions.AWS_PROVIDER_RANGE
    if own := user_configuration(environ):
        return Part(name=name, version="as configured", where=str(own), wanted=wanted)
    try:
        mirror = find_mirror(environ, OPTIONAL_SOFTWARE)
    except ToolError as error:
        return _missing(name, error, wanted=wanted, remedy=error.hint)
    folder = mirror or cache_dir() / "terraform-plugins"
    found = aws_provider_versions(folder)
    if found:
        return Part(name=name, version=found[-1], where=str(folder), wanted=wanted)
    return Part(
        name=name,
        version=None,
        wanted=wanted,
        problem="not found here",
        remedy="the first deploy gets it from Terraform's registry",
    )


def _helm(environ: Mapping[str, str]) -> Part:
    """Return the Helm of this machine, or the one that is brought where releases need it."""
    version_of = functools.cache(helm_version)
    wanted = f">= {'.'.join(map(str, versions.HELM_MINIMUM))}"
    try:
        binary = find_helm(environ, version_of=version_of, bring=refuse_to_bring)
        return Part(name="Helm", version=version_of(binary), where=str(binary), wanted=wanted)
    except ToolError as error:
        if environ.get("JHUB_HELM") or not can_bring_helm():
            return _missing("Helm", error, wanted=wanted, remedy=WAYS)
    return Part(
        name="Helm",
        version=None,
        wanted=wanted,
        problem="not found here",
        remedy=f"{versions.HELM_CARRIED} is brought when it is needed",
    )


def _node(environ: Mapping[str, str]) -> Part:
    named = environ.get("JSII_NODE") or str(packaged_node() or "node")
    path = shutil.which(named, path=environ.get("PATH"))
    if path is None:
        return Part(name="Node", version=None, problem="not found", remedy=INSTALL)
    try:
        return Part(name="Node", version=printed_version(Path(path)), where=path)
    except ToolError as error:
        return _missing("Node", error, wanted="", remedy=INSTALL)


def _package(name: str, distribution: str) -> Part:
    try:
        return Part(name=name, version=version(distribution))
    except PackageNotFoundError:
        return Part(name=name, version=None, problem="not found", remedy=INSTALL)


def _missing(name: str, error: ToolError, *, wanted: str, remedy: str) -> Part:
    problem = f"not found ({error.message})"
    return Part(name=name, version=None, wanted=wanted, problem=problem, remedy=remedy)
