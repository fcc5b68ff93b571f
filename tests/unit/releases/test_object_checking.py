"""All objects of all releases are looked at, and what was not checked is counted."""

from __future__ import annotations

from typing import Any

from jupyterhub_eks.releases import catalog
from jupyterhub_eks.releases.model import Release
from jupyterhub_eks.releases.object_checking import ObjectCheck
from tests.support.openapi import definitions, pod

HUB = Release(
    name="hub", namespace="place", chart=catalog.JUPYTERHUB, values={}, construct_id="Hub"
)
OWN = Release(name="base", namespace="place", chart=catalog.HUB_BASE, values={}, construct_id="B")
POOL = {
    "apiVersion": "karpenter.sh/v1",
    "kind": "NodePool",
    "metadata": {"name": "cpu", "labels": {"a": "b"}},
    "spec": {"oops": 1},
}
GATEWAY = {"apiVersion": "gateway.example.org/v1", "kind": "Gateway", "metadata": {"name": "g"}}


def looked(*objects: Any, release: Release = HUB) -> ObjectCheck:
    check = ObjectCheck(definitions())
    check.look(release, objects)
    return check


def findings(check: ObjectCheck, **hub_values: Any) -> list[tuple[Any, str, str]]:
    return [(each.path, each.message, each.hint) for each in check.findings(hub_values)]


def test_a_fault_names_release_object_path_and_place_of_the_value() -> None:
    """All that is needed to correct it."""
    check = looked(pod({"name": "a", "limits": {"memory": [1]}}))
    assert findings(check, hub={"limits": {"memory": [1]}}) == [
        (
            ("hub_values", "hub", "limits", "memory"),
            (
                "Kubernetes 1.36 would refuse Pod/p of release hub: "
                "spec.containers[0].limits.memory must be text or a number, and is a list"
            ),
            "correct it: the chart carries it into that object as it is",
        )
    ]


def test_what_comes_from_elsewhere_says_who_makes_it() -> None:
    """A chart of somebody else is steered by its keys, one of our own is ours to mend."""
    ((path, _, hint),) = findings(looked(pod({"name": "a", "port": [1]})))
    assert (path, hint) == ((), "change the key that chart jupyterhub makes it of")
    ((_, _, hint),) = findings(looked(pod({"name": "a", "port": [1]}), release=OWN))
    assert hint == "it is made by jhub itself: report it with this message"


def test_objects_in_a_list_are_looked_at_one_by_one() -> None:
    """Helm installs them one by one too."""
    pods = [pod({"name": "a"}), pod({"nam": "a"})]
    check = looked({"apiVersion": "v1", "kind": "List", "items": pods})
    assert check.held == 2
    assert [each.fault.text for each in check.faults] == [
        "spec.containers[0].nam is an unknown key",
        "spec.containers[0].name is missing",
    ]


def test_karpenters_objects_are_held_against_karpenters_definitions() -> None:
    """Their labels are Kubernetes' own matter."""
    check = looked(POOL)
    ((_, message, _),) = findings(check)
    assert message == (
        "Karpenter would refuse NodePool/cpu of release hub: spec.oops is an unknown key"
    )
    assert (check.held, check.unheld) == (1, {})


def test_kinds_without_a_schema_are_counted_by_name() -> None:
    """Never passed over in silence; nor is a definition, which is not read."""
    definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    check = looked(GATEWAY, GATEWAY, definition)
    assert (check.held, check.faults) == (0, [])
    assert check.unheld == {"Gateway of gateway.example.org": 2, "CustomResourceDefinition": 1}


def test_a_definition_of_a_removed_api_is_a_fault_all_the_same() -> None:
    """What it is can be told without reading it."""
    old = {"apiVersion": "apiextensions.k8s.io/v1beta1", "kind": "CustomResourceDefinition"}
    ((_, message, hint),) = findings(looked(old))
    assert "apiextensions.k8s.io/v1beta1 is" in message
    assert hint.startswith("it has it in apiextensions.k8s.io/v1;")


def test_a_document_that_is_no_object_is_a_fault() -> None:
    """A chart that is broken writes a text or a list."""
    for each in ("text", [pod()]):
        ((_, message, _),) = findings(looked(each))
        assert message.endswith("of release hub: it is not an object but something else")
