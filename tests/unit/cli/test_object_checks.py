"""`jhub render --check` says in one line what was held against Kubernetes and what was not."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.cli.console.objects import draw_held, draw_unheld, held_document
from jupyterhub_eks.cli.object_checks import refuse_faulty
from jupyterhub_eks.cli.project import Project
from jupyterhub_eks.cli.sources import Resolved
from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.releases import catalog
from jupyterhub_eks.releases.model import Release
from jupyterhub_eks.releases.object_checking import ObjectCheck
from jupyterhub_eks.workspace import Workspace
from tests.support.openapi import definitions, pod

if TYPE_CHECKING:
    from pathlib import Path


def test_all_held_is_one_line() -> None:
    """Nothing else is worth a word."""
    assert [line.plain for line in draw_held(ObjectCheck(definitions(), held=57))] == [
        "57 objects are as Kubernetes 1.36 takes them"
    ]


def test_what_was_not_held_is_named_with_the_reason() -> None:
    """Releases with the same reason together; and the same as JSON."""
    check = ObjectCheck(
        definitions(),
        held=1,
        unheld=Counter({"Gateway of example.org": 2}),
        unmade={"a": "chart not at hand", "b": "chart not at hand", "c": "broken"},
    )
    assert [line.plain for line in draw_held(check)] == [
        "1 object is as Kubernetes 1.36 takes them",
        draw_unheld(check),
    ]
    assert draw_unheld(check) == (
        "not held against Kubernetes 1.36: 2 Gateway of example.org (no schema of it here); "
        "a, b (chart not at hand); c (broken)"
    )
    assert held_document(check) == {
        "kubernetes": "1.36",
        "held": 1,
        "not_held": {"Gateway of example.org": 2},
        "not_rendered": {
            "a": "chart not at hand",
            "b": "chart not at hand",
            "c": "broken",
        },
    }


def test_a_fault_is_a_problem_at_its_line_of_the_file(tmp_path: Path) -> None:
    """With the exit code of configuration problems; without a fault nothing happens."""
    file = tmp_path / "jhub.yaml"
    file.write_text("hub_values:\n  hub:\n    extraContainers:\n      - nam: x\n")
    project = Project(
        workspace=Workspace(tmp_path, "local", "demo"),
        resolved=Resolved(),
        loaded=load(ConfigSources(files=(file,))),
    )
    check = ObjectCheck(definitions())
    refuse_faulty(project, check)
    release = Release(
        name="hub", namespace="", chart=catalog.JUPYTERHUB, values={}, construct_id="Hub"
    )
    check.look(release, [pod({"name": "hub"}, {"nam": "x"})])
    with pytest.raises(ConfigError) as caught:
        refuse_faulty(project, check)
    problems = [(each.location, each.path, each.hint) for each in caught.value.problems]
    assert problems == [
        (f"{file}:4:9", "hub_values.hub.extraContainers[0].nam", "did you mean `name`?"),
        (f"{file}:4:9", "hub_values.hub.extraContainers[0]", "add it"),
    ]
