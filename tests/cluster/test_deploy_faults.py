"""What a deploy meets in a cluster that somebody broke, and how it goes on once that is mended."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lightkube.codecs import from_dict
from lightkube.core.exceptions import ApiError
from lightkube.resources.admissionregistration_v1 import ValidatingWebhookConfiguration
from lightkube.resources.apiextensions_v1 import CustomResourceDefinition

from tests.cluster.karpenter import NodePool
from tests.cluster.life import NAME, REGION
from tests.cluster.waiting import wait_for
from tests.local.aws_api import leftovers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.life import Life

CLUSTER_FAILED = 17
POOLS = "nodepools.karpenter.sh"


@contextmanager
def webhook_down(life: Life) -> Iterator[str]:
    """Let every change of a NodePool ask a service that is not there, as after a crash."""
    name = "check.example.org"
    webhook: dict[str, Any] = {
        "name": name,
        "clientConfig": {"url": "https://127.0.0.1:1/"},
        "rules": [
            {
                "apiGroups": ["karpenter.sh"],
                "apiVersions": ["*"],
                "operations": ["*"],
                "resources": ["nodepools"],
            }
        ],
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "failurePolicy": "Fail",
    }
    with life.connect() as client:
        client.create(
            from_dict(
                {
                    "apiVersion": "admissionregistration.k8s.io/v1",
                    "kind": "ValidatingWebhookConfiguration",
                    "metadata": {"name": name},
                    "webhooks": [webhook],
                }
            )
        )
        yield name
        client.delete(ValidatingWebhookConfiguration, name)


def refused(life: Life) -> str:
    """Deploy, expect the exit code of a cluster that does not do its part, return the error."""
    run = life.follow("deploy", "--local", "--yes")
    code = run.ended()
    assert code == CLUSTER_FAILED, run.text()
    return run.text()


def limits(life: Life) -> Any:
    """Return the limits of pool ``cpu`` in the cluster."""
    with life.connect() as client:
        return client.get(NodePool, "cpu")["spec"]["limits"]


def is_gone(life: Life, kind: Any, name: str) -> bool:
    """Return whether an object is not in the cluster."""
    with life.connect() as client:
        try:
            client.get(kind, name)
        except ApiError as error:
            return error.status.code == 404
    return False


def test_a_webhook_that_is_down_is_named(deployed: Life) -> None:
    """The error says which one does not answer; once it is gone, deploy goes on."""
    deployed.limit(96)
    with webhook_down(deployed) as name:
        assert name in refused(deployed)

    deployed.deploy()

    assert limits(deployed) == {"cpu": "96"}


def test_definitions_that_were_removed_are_named(deployed: Life) -> None:
    """Somebody deleted the kind NodePool; what the error says brings it back."""
    with deployed.connect() as client:
        client.delete(CustomResourceDefinition, POOLS)
    wait_for(lambda: is_gone(deployed, CustomResourceDefinition, POOLS), "the kind is gone")
    deployed.limit(128)

    said = refused(deployed)

    assert 'no matches for kind "NodePool"' in said
    assert "helm rollback karpenter-crd REVISION -n kube-system" in said
    deployed.helm("rollback", "karpenter-crd", "1", "-n", "kube-system")
    deployed.deploy()
    assert limits(deployed) == {"cpu": "128"}


def test_a_release_that_somebody_uninstalled_is_installed_again(deployed: Life) -> None:
    """The plan tells it, deploy does it, and then there is nothing more to do."""
    before = limits(deployed)
    deployed.helm("uninstall", "nodes", "-n", "kube-system", "--wait")

    plan = deployed.jhub.json("plan", "--local")
    report = deployed.deploy()

    (release,) = (each for stack in plan["stacks"] for each in stack["releases"])
    assert (release["name"], release["action"]) == ("nodes", "install")
    assert release["reason"] == "it is no longer in the cluster"
    assert {each["stack"] for each in report["stacks"] if each["result"] != "unchanged"} == {
        "platform"
    }
    assert limits(deployed) == before
    assert deployed.jhub.json("plan", "--local")["has_changes"] is False


def test_a_control_plane_that_was_emptied_holds_no_destroy_up(deployed: Life) -> None:
    """It comes back with other ports and keys; what it held is gone, and the rest goes too."""
    deployed.jhub.run("local", "cluster", "reset", "--yes")

    report = deployed.jhub.json("destroy", "--local", "--yes")

    assert report["left"] == []
    endpoint = str(deployed.jhub.json("local", "start")["endpoint"])
    assert leftovers(endpoint, REGION, NAME) == []
