"""``jhub version`` names every part as it is found on this machine, or how to get it."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks import __version__
from jupyterhub_eks.cli.app import run
from jupyterhub_eks.cli.console.parts import draw_parts
from jupyterhub_eks.cli.parts import Part, find_parts
from jupyterhub_eks.tools.layer import can_bring
from jupyterhub_eks.tools.terraform_binary import platform_name
from jupyterhub_eks.versions import AWS_PROVIDER_SOURCE, HELM_CARRIED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A machine with nothing on it but this Python."""
    monkeypatch.setenv("JHUB_CACHE_DIR", str(tmp_path / "cache"))
    return {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path), "XDG_DATA_DIRS": str(tmp_path)}


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str, str], Path]:
    """Put a program into PATH that prints a text whatever it is asked."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\n")
        path.chmod(0o755)
        return path

    return write


def _part(name: str, environ: dict[str, str]) -> Part:
    return next(part for part in find_parts(environ) if part.name == name)


def _terraform(number: str) -> str:
    return json.dumps({"terraform_version": number})


def test_terraform_is_told_with_its_path(
    environ: dict[str, str], program: Callable[[str, str], Path]
) -> None:
    """The one that the next deploy runs, with the version that it reports itself."""
    path = program("terraform", _terraform("1.13.2"))
    part = _part("Terraform", environ)

    assert (part.version, part.where, part.wanted) == ("1.13.2", str(path), ">= 1.10.0")


def test_a_missing_terraform_is_told_with_a_way_to_get_it(environ: dict[str, str]) -> None:
    """Nobody has to look into the documentation."""
    part = _part("Terraform", environ)

    assert part.version is None
    assert part.problem == "not found (Terraform is not installed)"
    assert "./install.sh" in part.remedy


def test_a_terraform_that_is_too_old_is_not_called_found(
    environ: dict[str, str], program: Callable[[str, str], Path]
) -> None:
    """What a deploy would refuse is no version to report."""
    program("terraform", _terraform("1.5.7"))
    part = _part("Terraform", environ)

    assert part.version is None
    assert "1.5.7 is too old" in part.problem


def test_the_newest_fitting_provider_of_the_mirror_is_told(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """Terraform takes that one; one outside the range does not count."""
    for number in ("5.99.0", "5.100.0", "6.9.0", "6.25.0", "7.0.0"):
        (tmp_path / "mirror" / AWS_PROVIDER_SOURCE / number / platform_name()).mkdir(parents=True)
    part = _part("AWS provider", environ | {"JHUB_PROVIDER_MIRROR": str(tmp_path / "mirror")})

    assert (part.version, part.where) == ("6.25.0", str(tmp_path / "mirror"))


def test_a_mirror_without_the_provider_is_told(environ: dict[str, str], tmp_path: Path) -> None:
    """The deploy would stop at it, so the remedy is the same as there."""
    part = _part("AWS provider", environ | {"JHUB_PROVIDER_MIRROR": str(tmp_path)})

    assert part.version is None
    assert "holds no AWS provider" in part.problem
    assert "unset the variable" in part.remedy


def test_a_configuration_of_the_user_is_named(environ: dict[str, str], tmp_path: Path) -> None:
    """What is in it only Terraform knows."""
    (tmp_path / ".terraformrc").write_text("")
    part = _part("AWS provider", environ)

    assert (part.version, part.where) == ("as configured", str(tmp_path / ".terraformrc"))


def test_helm_is_told_with_its_path(
    environ: dict[str, str], program: Callable[[str, str], Path]
) -> None:
    """The one that carries releases; one that is too old leaves the place to what is brought."""
    path = program("helm", "v4.2.0+g1234567")
    part = _part("Helm", environ)
    assert (part.version, part.where, part.wanted) == ("4.2.0", str(path), ">= 3.17.0")

    program("helm", "v3.9.0+g1234567")
    assert _part("Helm", environ).version is None


@pytest.mark.skipif(not can_bring(), reason="Helm is brought on linux_amd64 only")
def test_a_helm_that_is_not_there_is_no_matter(environ: dict[str, str]) -> None:
    """The run that needs one brings it, unless the user names another one."""
    part = _part("Helm", environ)
    assert (part.version, part.problem) == (None, "not found here")
    assert part.remedy == f"{HELM_CARRIED} is brought when it is needed"

    named = _part("Helm", environ | {"JHUB_HELM": "/no/such/helm"})
    assert "/no/such/helm does not run as Helm" in named.problem
    assert "put it on PATH" in named.remedy


def test_the_node_that_synthesis_would_use_is_told(
    environ: dict[str, str], program: Callable[[str, str], Path]
) -> None:
    """JSII_NODE wins over the Node that came with the packages."""
    path = program("other-node", "v22.1.0")
    part = _part("Node", environ | {"JSII_NODE": str(path)})

    assert (part.version, part.where) == ("22.1.0", str(path))


def test_a_node_that_is_not_there_is_told(environ: dict[str, str]) -> None:
    """With the name that is wrong out of the way, the packaged one is used again."""
    part = _part("Node", environ | {"JSII_NODE": "/no/such/node"})

    assert (part.version, part.problem) == (None, "not found")


def test_packages_are_told_by_what_is_installed(environ: dict[str, str]) -> None:
    """Not by what the lock files wish for."""
    assert _part("ministack", environ).version == version("ministack")
    assert _part("Python", environ).version == platform.python_version()


def test_the_table_has_a_line_for_each_part_and_a_remedy_for_what_is_missing() -> None:
    """Columns stand; a remedy stands under the problem."""
    parts = (
        Part(name="Terraform", version="1.11.4", where="/usr/bin/terraform"),
        Part(name="Node", version=None, problem="not found", remedy="do this"),
        Part(name="CDKTF", version="0.21.0"),
    )
    lines = [line.plain for line in draw_parts("0.1.0", parts, ["1.36"])]

    assert lines == [
        "jhub        0.1.0",
        "Terraform   1.11.4  /usr/bin/terraform",
        "Node        not found",
        "            do this",
        "CDKTF       0.21.0",
        "Kubernetes  1.36 on EKS",
    ]


def test_the_document_has_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    """For scripts that collect what a bug report needs."""
    assert run(["version", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)

    assert document["jhub"] == __version__
    assert {part["name"] for part in document["parts"]} >= {
        "Python",
        "Terraform",
        "Helm",
        "Node",
    }
