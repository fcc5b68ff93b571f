"""What is built, from which versions, and when a build counts as there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.local.cluster import programs
from jupyterhub_eks.local.cluster.crds import MODULE
from jupyterhub_eks.local.cluster.programs import MODULES, PROGRAMS, Build, build_in
from jupyterhub_eks.versions import DEFAULT_KUBERNETES, KARPENTER

if TYPE_CHECKING:
    from pathlib import Path


def test_the_api_is_of_the_default_version_of_eks() -> None:
    """What is tried here is what a deploy asks EKS for."""
    assert programs.kubernetes_version().startswith(f"v{DEFAULT_KUBERNETES}.")


def test_karpenters_definitions_are_those_of_the_chart() -> None:
    """The chart that a deploy installs and the definitions here are of one release."""
    assert programs.required_version("karpenter", MODULE) == f"v{KARPENTER}"


def test_every_staging_module_is_of_the_same_release() -> None:
    """Kubernetes' parts are only tested together: v1.36.3 goes with v0.36.3 of each."""
    text = (MODULES / "kubernetes" / "go.mod").read_text()
    part = programs.kubernetes_version().replace("v1.", "v0.", 1)
    replaced = [line.split() for line in text.splitlines() if " => " in line]

    assert len(replaced) >= 30
    assert {(line[0] == line[-2], line[-1]) for line in replaced} == {(True, part)}


def test_no_module_names_a_place_on_this_machine() -> None:
    """They have to build everywhere."""
    for path in MODULES.glob("*/go.mod"):
        assert "=> ." not in path.read_text(), path
        assert "=> /" not in path.read_text(), path


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda each: each.name)
def test_every_program_is_named_by_its_module(program: programs.Program) -> None:
    """tools.go imports it, so that go.sum has the hashes of all it needs."""
    assert f'"{program.package}"' in (program.folder / "tools.go").read_text()
    assert (program.folder / "go.sum").stat().st_size > 1000


def test_kubernetes_programs_know_their_version() -> None:
    """Helm refuses a server that calls itself v0.0.0-master."""
    (server,) = [each for each in PROGRAMS if each.name == "kube-apiserver"]
    flags = programs.linker_flags(server)

    assert "version.gitVersion=v1.36.3" in flags
    assert "version.gitMajor=1" in flags
    assert "version.gitMinor=36" in flags


def test_go_has_to_be_as_new_as_the_newest_module_asks() -> None:
    """One release of Go builds all of them."""
    assert programs.go_version() >= (1, 26)


def test_a_build_is_complete_with_all_programs_and_definitions(tmp_path: Path) -> None:
    """Only what is missing is built, and nothing is forgotten."""
    build = Build(tmp_path)
    build.bin.mkdir()
    for program in PROGRAMS[1:]:
        build.path(program.name).touch()
    assert build.missing() == (PROGRAMS[0],)

    build.path(PROGRAMS[0].name).touch()
    assert build.missing() == ()
    assert not build.complete
    build.crds.mkdir()
    assert build.complete


def test_the_folder_tells_the_version(tmp_path: Path) -> None:
    """Another version, or another way of building, is built beside this one."""
    assert build_in(tmp_path).folder.parent == tmp_path / "cluster"
    assert build_in(tmp_path).folder.name.startswith("v1.36.3-")


def test_an_unknown_requirement_is_an_error() -> None:
    """A renamed module is found out here and not on somebody's machine."""
    with pytest.raises(LookupError, match=r"example.invalid"):
        programs.required_version("etcd", "example.invalid")
