"""Versions are read from states as Terraform writes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.errors import StateError
from jupyterhub_eks.orchestration.deployed_versions import deployed_versions
from jupyterhub_eks.orchestration.record import Record, StackRecord, to_json
from jupyterhub_eks.upgrades.model import Found, NodeGroup
from jupyterhub_eks.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

VALUES = 'objects:\n- spec: {amiSelectorTerms: [{alias: "al2023@v20260110"}]}\n'
NEWER = VALUES.replace("20260110", "20261023")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace with two stacks on record."""
    found = Workspace(tmp_path, "aws", "hub")
    stacks = {name: StackRecord(state="applied") for name in ("cluster", "platform")}
    found.home.mkdir(parents=True)
    found.record.write_text(to_json(Record(deployment="hub", target="aws", stacks=stacks)))
    return found


def _resource(kind: str, key: str, /, **attributes: Any) -> dict[str, Any]:
    return {
        "mode": "managed",
        "type": kind,
        "name": key,
        "instances": [{"attributes": attributes}],
    }


def _state(*resources: dict[str, Any]) -> str:
    document = {"version": 4, "serial": 1, "lineage": "a", "outputs": {}, "resources": resources}
    return json.dumps(document)


def _write(workspace: Workspace, stack: str, *resources: dict[str, Any]) -> None:
    path = workspace.state_file(stack)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_state(*resources))


def test_cluster_addons_and_nodes_are_found(workspace: Workspace) -> None:
    """Attributes as the AWS provider names them."""
    _write(
        workspace,
        "cluster",
        _resource(
            "aws_eks_cluster", "C", version="1.35", upgrade_policy=[{"support_type": "EXTENDED"}]
        ),
        _resource("aws_eks_addon", "A", addon_name="coredns", addon_version="v1.13.1"),
        _resource(
            "aws_eks_node_group",
            "N",
            node_group_name="system-1",
            version="1.35",
            release_version="1.35.2-20261023",
            launch_template=[{"id": "lt-1", "version": "3"}],
        ),
    )

    assert deployed_versions(workspace, None) == Found(
        kubernetes="1.35",
        is_extended=True,
        addons={"coredns": "v1.13.1"},
        node_groups=(
            NodeGroup(name="system-1", version="1.35", release="1.35.2-20261023", template="3"),
        ),
    )


@pytest.mark.parametrize("carried", [False, True])
def test_charts_and_images_are_found_however_they_were_applied(
    workspace: Workspace, *, carried: bool
) -> None:
    """By the helm provider, or by resources that Terraform has built in."""

    def release(name: str, chart: str, version: str, values: str) -> dict[str, Any]:
        if not carried:
            return _resource(
                "helm_release", name, name=name, chart=chart, version=version, values=[values]
            )
        content = {"wanted": f"{chart} {version}", "chart": "34a35ac4", "values_0": values}
        kept = {"value": content, "type": ["object", dict.fromkeys(content, "string")]}
        return _resource("terraform_data", f"{name}_content", id="1", triggers_replace=kept)

    _write(
        workspace,
        "platform",
        release("Karpenter", "karpenter", "1.14.1", "replicas: 2\n"),
        release("Nodes", "./assets/nodes/1234", "0.1.0", NEWER + VALUES),
        _resource("terraform_data", "Karpenter", input={"value": {}, "type": ["object", {}]}),
    )
    found = deployed_versions(workspace, None)

    assert found.charts["karpenter"] == "1.14.1"
    assert found.images == {"al2023": "v20260110"}  # the oldest one in use counts


def test_a_chart_that_could_not_be_had_is_not_deployed(workspace: Workspace) -> None:
    """On this machine a release without its chart is passed over, and recorded."""
    content = {"wanted": "karpenter 1.14.1", "chart": "not reachable", "values_0": ""}
    kept = {"value": content, "type": ["object", dict.fromkeys(content, "string")]}
    _write(workspace, "platform", _resource("terraform_data", "Karpenter", triggers_replace=kept))

    assert deployed_versions(workspace, None).charts == {}


def test_a_shared_state_is_fetched(workspace: Workspace) -> None:
    """Of the `s3` backend nothing is on this machine."""
    for stack in ("cluster", "platform"):
        folder = workspace.stack_dir(stack)
        folder.mkdir(parents=True)
        backend = {"backend": {"s3": {"bucket": "b", "region": "eu-central-1"}}}
        (folder / "cdk.tf.json").write_text(json.dumps({"terraform": backend}))
    texts = {"cluster": _state(_resource("aws_eks_cluster", "C", version="1.36")), "platform": ""}

    assert deployed_versions(workspace, texts.__getitem__).kubernetes == "1.36"
    workspace.record.unlink()  # as in a fresh checkout after `jhub plan`
    assert deployed_versions(workspace, texts.__getitem__).kubernetes == "1.36"
    with pytest.raises(StateError, match="not on this machine"):
        deployed_versions(workspace, None)


def test_without_a_record_the_states_count(tmp_path: Path) -> None:
    """A record that was removed does not make a cluster disappear."""
    workspace = Workspace(tmp_path, "aws", "hub")
    _write(workspace, "cluster", _resource("aws_eks_cluster", "C", version="1.35"))

    assert deployed_versions(workspace, None).kubernetes == "1.35"


def test_nothing_deployed_is_empty(tmp_path: Path) -> None:
    """Neither a record nor a state."""
    assert deployed_versions(Workspace(tmp_path, "aws", "hub"), None).is_empty
