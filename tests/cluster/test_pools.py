"""A real API server, with Karpenter's definitions and their rules, takes what pools become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lightkube.codecs import load_all_yaml

from jupyterhub_eks.local.cluster.crds import crd_files
from jupyterhub_eks.releases.node_classes import NodePlace
from jupyterhub_eks.releases.nodes import node_objects
from tests.cluster.waiting import wait_for
from tests.support.pools import EVERY_KIND, deployment_with, mig, pool, slicing

if TYPE_CHECKING:
    from lightkube import Client

    from jupyterhub_eks.local.cluster.programs import Build
    from tests.cluster.planes import Plane

POOLS = {
    **EVERY_KIND,
    "spot": pool("m7g", capacity="spot"),
    "reserved": pool("p5.48xlarge", capacity="reserved"),
    "models": mig("1g.10gb", "p5", "p4de"),
    "part": pool("g6f"),
    "a" * 40: slicing(48, "gr6", disk_gib=16384),
}
EXISTING = {
    "vpc_id": "vpc-0123456789abcdef0",
    "private_subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
}


def made(**settings: Any) -> list[dict[str, Any]]:
    deployment = deployment_with(POOLS, **settings)
    place = NodePlace(instance_profile="profile")
    return node_objects(deployment.profiles, deployment.settings, place)


def answer_to(plane: Plane, manifest: dict[str, Any]) -> tuple[int, Any]:
    """Ask for an object to be made, without making it, and with no field dropped."""
    plural = "ec2nodeclasses" if manifest["kind"] == "EC2NodeClass" else f"{manifest['kind']}s"
    return plane.post(
        f"/apis/{manifest['apiVersion']}/{plural.lower()}?dryRun=All&fieldValidation=Strict",
        manifest,
    )


@pytest.fixture(scope="module")
def karpenter(build: Build, plane: Plane, client: Client) -> Plane:
    """A cluster that knows Karpenter's kinds."""
    for path in crd_files(build):
        for definition in load_all_yaml(path.read_text(encoding="utf-8")):
            client.apply(definition, force=True)
    some = {each["kind"]: each for each in made()}
    wait_for(
        lambda: all(answer_to(plane, each)[0] != 404 for each in some.values()),
        "Karpenter's kinds are served",
    )
    return plane


def refused(plane: Plane, manifests: list[dict[str, Any]]) -> dict[str, Any]:
    """Return, by name, why objects are not taken, or what of them would not be kept."""
    found = {}
    for manifest in manifests:
        name, spec = f"{manifest['kind']} {manifest['metadata']['name']}", manifest["spec"]
        status, answer = answer_to(plane, manifest)
        if status != 201:
            found[name] = answer.get("message")
        elif {key: answer["spec"].get(key) for key in spec} != spec:
            found[name] = answer["spec"]
    return found


def test_every_kind_of_pool_is_accepted(karpenter: Plane) -> None:
    """Schema and rules in CEL, field by field: nothing is refused and nothing dropped."""
    assert refused(karpenter, made()) == {}


@pytest.mark.parametrize(
    "settings",
    [
        {"tags": {"cost-center": "4711", "a b": "c=d"}, "cluster": {"prefix_delegation": True}},
        {"network": {"existing": EXISTING}},
    ],
    ids=["tags and prefixes", "adopted network"],
)
def test_settings_that_shape_nodes_are_accepted(karpenter: Plane, settings: dict[str, Any]) -> None:
    """So are the classes under settings of jhub.yaml."""
    classes = [each for each in made(**settings) if each["kind"] == "EC2NodeClass"]
    assert refused(karpenter, classes) == {}


def test_the_rules_are_in_force(karpenter: Plane) -> None:
    """A class with both a profile and a role is refused: the acceptance above means something."""
    wrong = next(each for each in made() if each["kind"] == "EC2NodeClass")
    wrong["spec"]["role"] = "other"
    status, answer = answer_to(karpenter, wrong)
    assert status == 422
    assert "role" in answer["message"]
