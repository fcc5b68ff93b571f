"""Stacks of Helm releases: carried where the provider is missing, left alone without a cluster."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.orchestration.carrying import ChartFile
from jupyterhub_eks.orchestration.kubernetes import Kubernetes, directory_of, out_of_reach
from jupyterhub_eks.orchestration.reports import StackNode
from jupyterhub_eks.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONNECTION = {
    "kubernetes": {
        "host": "h",
        "cluster_ca_certificate": "c",
        "exec": {"command": "jhub", "args": []},
    }
}
PLATFORM = {
    "provider": {"helm": [CONNECTION]},
    "terraform": {"required_providers": {"helm": {}}},
    "resource": {
        "helm_release": {"A": {"name": "a", "namespace": "n", "chart": "./c", "timeout": 1}}
    },
}
NETWORK = {"terraform": {"required_providers": {}}, "resource": {"aws_vpc": {"V": {}}}}


def _workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path, "local", "hub")
    for name, document in (("platform", PLATFORM), ("network", NETWORK)):
        folder = workspace.stack_dir(name)
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_text(json.dumps(document))
    return workspace


def _node(workspace: Workspace, name: str) -> StackNode:
    return StackNode(name=name, directory=workspace.stack_dir(name), depends_on=(), resources=1)


def _chart(arguments: Mapping[str, Any], directory: Path) -> ChartFile:
    return ChartFile(path=str(directory / arguments["chart"]), digest="d")


def test_without_a_cluster_only_the_stacks_in_it_are_left_out(tmp_path: Path) -> None:
    """The AWS half is applied all the same."""
    workspace = _workspace(tmp_path)
    nodes = (_node(workspace, "network"), _node(workspace, "platform"))

    assert out_of_reach(Kubernetes(missing="no API"), nodes) == ("platform",)
    assert out_of_reach(Kubernetes(), nodes) == ()


def test_what_needs_a_stack_in_the_cluster_is_left_out_with_it(tmp_path: Path) -> None:
    """A DNS record that leads to the hub is no use without one, and could not be planned."""
    workspace = _workspace(tmp_path)
    folder = workspace.stack_dir("network")
    record = StackNode(name="dns", directory=folder, depends_on=("platform",), resources=1)

    assert out_of_reach(Kubernetes(missing="no API"), (_node(workspace, "platform"), record)) == (
        "platform",
        "dns",
    )


def test_a_stack_runs_in_its_own_folder_with_the_provider(tmp_path: Path) -> None:
    """On AWS, and wherever the provider can be had, the synthesized files are applied."""
    workspace = _workspace(tmp_path)

    assert directory_of(Kubernetes(), workspace, "platform") == workspace.stack_dir("platform")


def test_a_carried_stack_runs_beside_it_and_shares_its_state(tmp_path: Path) -> None:
    """The folder has the same depth, so relative paths of states hold in it too."""
    workspace = _workspace(tmp_path)
    kubernetes = Kubernetes(chart_of=_chart, carries=True)

    folder = directory_of(kubernetes, workspace, "platform")

    assert folder == workspace.carried_dir("platform")
    assert (folder / "../../state").resolve() == (
        workspace.stack_dir("platform") / "../../state"
    ).resolve()
    written = json.loads((folder / "cdk.tf.json").read_text())
    assert set(written["resource"]) == {"terraform_data"}
    assert directory_of(kubernetes, workspace, "network") == workspace.stack_dir("network")


def test_an_unchanged_carried_stack_is_not_written_again(tmp_path: Path) -> None:
    """Terraform's folder is initialised once, for the same content."""
    workspace = _workspace(tmp_path)
    kubernetes = Kubernetes(chart_of=_chart, carries=True)
    file = directory_of(kubernetes, workspace, "platform") / "cdk.tf.json"
    before = file.stat()

    directory_of(kubernetes, workspace, "platform")

    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_packaged_chart_takes_the_place_of_its_repository(tmp_path: Path) -> None:
    """With the provider a chart of a given folder is used, and others stay as they are."""
    workspace = _workspace(tmp_path)
    folder = workspace.stack_dir("platform")
    document = json.loads((folder / "cdk.tf.json").read_text())
    releases = document["resource"]["helm_release"]
    releases["Far"] = {**releases["A"], "chart": "far", "repository": "https://charts.test"}
    releases["Near"] = {**releases["A"], "chart": "near", "repository": "https://charts.test"}
    (folder / "cdk.tf.json").write_text(json.dumps(document))

    def chart_of(arguments: Mapping[str, Any], _: Path) -> ChartFile:
        return ChartFile(path="/kept/near-1.tgz" if arguments["chart"] == "near" else "", digest="")

    target = directory_of(Kubernetes(chart_of=chart_of), workspace, "platform")
    written = json.loads((target / "cdk.tf.json").read_text())["resource"]["helm_release"]

    assert written["Near"]["chart"] == "/kept/near-1.tgz"
    assert "repository" not in written["Near"]
    assert (written["Far"], written["A"]) == (releases["Far"], releases["A"])


def test_without_packaged_charts_the_synthesized_files_are_applied(tmp_path: Path) -> None:
    """No second folder appears where there would be no difference."""
    workspace = _workspace(tmp_path)

    def nowhere(*_: Any) -> ChartFile:
        return ChartFile(path="", digest="")

    folder = directory_of(Kubernetes(chart_of=nowhere), workspace, "platform")

    assert folder == workspace.stack_dir("platform")
