"""A deployment of both halves on a real control plane; the tests run in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lightkube.generic_resource import create_global_resource
from lightkube.resources.core_v1 import Namespace, PersistentVolume, PersistentVolumeClaim
from lightkube.resources.storage_v1 import StorageClass

from tests.cluster.karpenter import NodePool
from tests.cluster.life import STACKS

if TYPE_CHECKING:
    from tests.cluster.life import Life

NodeClass = create_global_resource("karpenter.k8s.aws", "v1", "EC2NodeClass", "ec2nodeclasses")
NodeOverlay = create_global_resource("karpenter.sh", "v1alpha1", "NodeOverlay", "nodeoverlays")


def names(life: Life, kind: Any) -> set[str]:
    """Return the names of the objects of a kind that no namespace has."""
    with life.connect() as client:
        return {str(each.metadata.name) for each in client.list(kind) if each.metadata}


def versions(life: Life) -> dict[str, str]:
    """Return the resource version of each NodePool."""
    with life.connect() as client:
        return {
            str(each.metadata.name): str(each.metadata.resourceVersion)
            for each in client.list(NodePool)
            if each.metadata
        }


def touched(report: dict[str, Any]) -> set[str]:
    """Return the stacks that a deploy changed."""
    return {each["stack"] for each in report["stacks"] if each["result"] != "unchanged"}


def test_all_stacks_are_deployed(deployed: Life) -> None:
    """Nothing is left out for want of a cluster."""
    status = deployed.jhub.json("status", "--local")

    found = {each["stack"]: each["state"] for each in status["stacks"]}
    assert found == dict.fromkeys(STACKS, "applied")


def test_pools_are_in_the_cluster(deployed: Life) -> None:
    """A NodePool and a class for each pool, and an overlay for machines with one shared GPU."""
    assert names(deployed, NodePool) == {"cpu", "gpu-shared"}
    assert names(deployed, NodeClass) == {"cpu", "gpu-shared"}
    assert names(deployed, NodeOverlay) == {"gpu-shared-1-gpu"}


def test_volumes_are_bound_to_the_hubs_claims(deployed: Life) -> None:
    """The file system of the AWS half is what the claims of the hub's namespace get."""
    system = deployed.jhub.json("output", "--local")["storage"]["file_system_id"]
    assert names(deployed, StorageClass) == {"gp3"}
    with deployed.connect() as client:
        assert client.get(Namespace, "jupyterhub").status.phase == "Active"  # type: ignore[union-attr]
        for name in ("home", "shared"):
            claim = client.get(PersistentVolumeClaim, name, namespace="jupyterhub")
            volume = client.get(PersistentVolume, f"jupyterhub-{name}")
            assert claim.status is not None
            assert claim.status.phase == "Bound"
            assert claim.spec is not None
            assert claim.spec.volumeName == f"jupyterhub-{name}"
            assert volume.spec is not None
            assert volume.spec.csi is not None
            assert volume.spec.csi.volumeHandle.startswith(system)


def test_a_second_deploy_changes_nothing(deployed: Life) -> None:
    """Neither a resource nor a release: no NodePool was written again."""
    before = versions(deployed)

    report = deployed.deploy()

    assert touched(report) == set()
    for each in report["stacks"]:
        assert (each["added"], each["changed"], each["removed"]) == (0, 0, 0)
    assert versions(deployed) == before


def test_one_value_upgrades_one_release(deployed: Life) -> None:
    """A pool's limit reaches its NodePool, and nothing else is written."""
    before = versions(deployed)
    deployed.limit(64)

    report = deployed.deploy()

    assert touched(report) == {"platform"}
    after = versions(deployed)
    assert after["gpu-shared"] == before["gpu-shared"]
    with deployed.connect() as client:
        assert client.get(NodePool, "cpu")["spec"]["limits"] == {"cpu": "64"}
