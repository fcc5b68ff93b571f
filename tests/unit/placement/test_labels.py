"""Karpenter's labels of a machine, against the requirements of a NodePool."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.labels import machine_labels, unmet

GPU_COUNT = "karpenter.k8s.aws/instance-gpu-count"
CPU = "karpenter.k8s.aws/instance-cpu"


def labels(name: str) -> dict[str, str]:
    """Return the labels of a machine."""
    machine = catalog().find(name)
    assert machine is not None
    return machine_labels(machine)


def test_labels_are_those_of_karpenters_page() -> None:
    """Texts all of them, as labels are."""
    found = labels("g6.12xlarge")

    wanted = {
        "kubernetes.io/arch": "amd64",
        "karpenter.k8s.aws/instance-family": "g6",
        "karpenter.k8s.aws/instance-size": "12xlarge",
        "karpenter.k8s.aws/instance-category": "g",
        "karpenter.k8s.aws/instance-generation": "6",
        "karpenter.k8s.aws/instance-hypervisor": "nitro",
        CPU: "48",
        "karpenter.k8s.aws/instance-gpu-name": "l4",
        GPU_COUNT: "4",
    }
    assert wanted.items() <= found.items()


def test_what_a_machine_lacks_is_no_label() -> None:
    """Neither empty nor 0, but for the fraction of a GPU, of which Karpenter counts 0."""
    assert GPU_COUNT not in labels("m7i.large")
    assert "karpenter.k8s.aws/instance-hypervisor" not in labels("m7i.metal-24xl")
    assert labels("g6f.large")[GPU_COUNT] == "0"


@pytest.mark.parametrize(
    ("operator", "values", "met"),
    [
        ("In", ["4", "48"], True),
        ("In", ["4"], False),
        ("NotIn", ["4"], True),
        ("NotIn", ["48"], False),
        ("Exists", [], True),
        ("DoesNotExist", [], False),
        ("Gt", ["47"], True),
        ("Gt", ["48"], False),
        ("Gte", ["48"], True),
        ("Lt", ["49"], True),
        ("Lte", ["47"], False),
    ],
)
def test_every_operator(operator: str, values: list[str], *, met: bool) -> None:
    """On a label that is there; numbers are compared as such."""
    requirement = {"key": CPU, "operator": operator, "values": values}

    assert (unmet([requirement], labels("g6.12xlarge")) is None) is met


@pytest.mark.parametrize(
    ("operator", "met"),
    [("In", False), ("NotIn", True), ("Exists", False), ("DoesNotExist", True), ("Gt", False)],
)
def test_every_operator_on_a_label_that_is_missing(operator: str, *, met: bool) -> None:
    """What is not there is in no list, and not larger than anything."""
    requirement: dict[str, Any] = {"key": GPU_COUNT, "operator": operator, "values": ["1"]}

    assert (unmet([requirement], labels("m7i.large")) is None) is met


def test_what_is_chosen_for_each_node_is_no_matter_of_its_type() -> None:
    """How it is paid for, and where it stands."""
    requirement = {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot"]}

    assert unmet([requirement], labels("m7i.large")) is None
