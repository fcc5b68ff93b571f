"""What EKS says of a cluster's versions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from jupyterhub_eks.aws.eks_versions import eks_versions
from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.upgrades.model import Found, NodeGroup
from tests.support.aws import FakeClients, aws_error


class NotFoundError(Exception):
    """EKS has no such cluster."""


ERRORS = SimpleNamespace(ResourceNotFoundException=NotFoundError)


def _clients(**more: Any) -> FakeClients:
    answers: dict[str, Any] = {
        "describe_cluster": {
            "cluster": {"version": "1.35", "upgradePolicy": {"supportType": "STANDARD"}}
        },
        "list_addons": {"addons": ["coredns"]},
        "describe_addon": {"addon": {"addonVersion": "v1.13.1"}},
        "describe_addon_versions": {
            "addons": [
                {"addonVersions": [{"addonVersion": "v1.13.2"}, {"addonVersion": "v1.13.1"}]}
            ]
        },
        "list_nodegroups": {"nodegroups": ["system-1"]},
        "describe_nodegroup": {
            "nodegroup": {
                "version": "1.34",
                "releaseVersion": "1.34.2-20260110",
                "launchTemplate": {"id": "lt-1", "version": "2"},
            }
        },
    }
    clients = FakeClients(eks=answers | more)
    clients.get("eks").exceptions = ERRORS
    return clients


def test_everything_with_a_version_is_asked() -> None:
    """Control plane, add-ons with the newest on offer, and node groups."""
    assert eks_versions(_clients(), "hub") == Found(
        kubernetes="1.35",
        addons={"coredns": "v1.13.1"},
        node_groups=(
            NodeGroup(name="system-1", version="1.34", release="1.34.2-20260110", template="2"),
        ),
        offered={"coredns": "v1.13.2"},
    )


def test_the_newest_version_is_asked_for_the_version_of_the_cluster() -> None:
    """Another one would not fit."""
    clients = _clients()
    eks_versions(clients, "hub")

    assert ("describe_addon_versions", {"addonName": "coredns", "kubernetesVersion": "1.35"}) in (
        clients.get("eks").calls
    )


def test_no_cluster_is_no_error() -> None:
    """It may have been removed by hand."""
    assert eks_versions(_clients(describe_cluster=NotFoundError()), "hub") is None


@pytest.mark.parametrize("operation", ["describe_cluster", "list_addons", "describe_nodegroup"])
def test_a_refusal_is_told(operation: str) -> None:
    """Half an answer is none."""
    refused = _clients(**{operation: aws_error("AccessDeniedException")})
    with pytest.raises(PreflightError, match="access denied"):
        eks_versions(refused, "hub")
