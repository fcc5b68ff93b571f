"""What Kubernetes would refuse of an object is found with its place in it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.openapi import definitions, pod


def told(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """Return faults and hints of an object of Kubernetes itself."""
    found = definitions().faults(manifest)
    assert found is not None
    return [(each.text, each.hint) for each in found]


def test_an_object_as_it_should_be_has_no_fault() -> None:
    """Extensions about merging are no reason to leave it unchecked."""
    assert told(pod({"name": "a", "port": "http", "limits": {"memory": "2Gi", "cpu": 1.5}})) == []


def test_every_fault_is_told_with_its_place() -> None:
    """An unknown field, what is missing, and a value of the wrong type, all at once."""
    assert told(pod({"nam": "x"}, {"name": "a", "port": [1], "limits": {"memory": [1]}})) == [
        ("spec.containers[0].nam is an unknown key", "did you mean `name`?"),
        ("spec.containers[0].name is missing", "add it"),
        ("spec.containers[1].port must be text or a whole number or null, and is a list", ""),
        ("spec.containers[1].limits.memory must be text or a number, and is a list", ""),
    ]


@pytest.mark.parametrize("size", ["1", "1.5Gi", ".5", "500m", "1e3", "1E-3", "+1k", 5, 0.5, " 1 "])
def test_quantities_that_kubernetes_reads(size: object) -> None:
    """In each of its three notations; the list was tried on an API server of 1.36."""
    assert told(pod({"name": "a", "limits": {"memory": size}})) == []


@pytest.mark.parametrize("size", ["1GB", "1K", "1 Gi", "", "1.2.3", "1e", "1mi", "two"])
def test_quantities_that_kubernetes_refuses(size: str) -> None:
    """The definitions leave it to prose; the list was tried on an API server of 1.36."""
    ((text, _),) = told(pod({"name": "a", "limits": {"memory": size}}))
    assert text == "spec.containers[0].limits.memory must be a quantity, such as `500m` or `2Gi`"


def test_null_is_as_nothing_given() -> None:
    """Helm writes `annotations:` with nothing; where something is required it is missing."""
    assert (
        told(pod({"name": "a", "port": None, "limits": {"memory": None}}, annotations=None)) == []
    )
    assert told(pod({"name": None})) == [("spec.containers[0].name is missing", "add it")]


def test_an_api_that_was_removed_is_a_fault() -> None:
    """With where the kind is now; also in a group of which nothing is left."""
    assert told({"apiVersion": "batch/v1beta1", "kind": "CronJob"}) == [
        ("kind CronJob of batch/v1beta1 is not in Kubernetes 1.36", "it has it in batch/v1")
    ]
    assert told({"apiVersion": "extensions/v1beta1", "kind": "Ingress"}) == [
        (
            "kind Ingress of extensions/v1beta1 is not in Kubernetes 1.36",
            "correct `apiVersion` or `kind`",
        )
    ]


def test_an_api_that_nobody_serves_is_a_fault() -> None:
    """Definitions hold alpha and beta APIs too, which are off."""
    ((text, hint),) = told({"apiVersion": "networking.k8s.io/v1beta1", "kind": "Pool"})
    assert text.startswith("kind Pool of networking.k8s.io/v1beta1 is off in Kubernetes 1.36")
    assert hint == "correct `apiVersion` or `kind`"


@pytest.mark.parametrize(
    "version", ["karpenter.sh/v1", "gateway.networking.k8s.io/v1", "elbv2.k8s.aws/v1beta1"]
)
def test_kinds_of_others_are_not_judged(version: str) -> None:
    """Nor taken for right: the caller is told that there is no schema."""
    assert definitions().faults({"apiVersion": version, "kind": "Thing"}) is None


@pytest.mark.parametrize("key", ["apiVersion", "kind"])
def test_what_says_no_kind_is_no_object(key: str) -> None:
    """Whether it is absent, empty or no text."""
    for value in (None, "", 1):
        assert told({**pod(), key: value}) == [(f"{key} is missing", "add it")]
