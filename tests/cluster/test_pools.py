"""A real API server, with Karpenter's definitions and their rules, takes what pools become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lightkube.codecs import load_all_yaml

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.local.cluster.crds import crd_files
from jupyterhub_eks.releases.checking import is_karpenters
from jupyterhub_eks.releases.node_classes import NodePlace
from jupyterhub_eks.releases.nodes import node_objects
from jupyterhub_eks.resources import data_root
from tests.cluster.waiting import wait_for
from tests.support.pools import EVERY_KEY, EVERY_KIND, deployment_with, mig, pool, slicing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lightkube import Client

    from jupyterhub_eks.local.cluster.programs import Build
    from tests.cluster.planes import Plane

EXAMPLES = sorted((data_root() / "examples").glob("*/jhub.yaml"))
POOLS = {
    **EVERY_KIND,
    **EVERY_KEY,
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
    objects = node_objects(deployment.profiles, deployment.settings, place)
    return [each for each in objects if is_karpenters(each)]


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


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_pools_of_every_example_are_accepted(karpenter: Plane, example: Path) -> None:
    """What users start from, with the pools and settings as they stand in its files."""
    found = load(ConfigSources(files=(example,))).deployment
    place = NodePlace(instance_profile="profile")

    manifests = node_objects(found.profiles, found.settings, place)

    assert {each["kind"] for each in manifests} >= {"NodePool", "EC2NodeClass"}
    assert refused(karpenter, manifests) == {}


def _named(name: str) -> dict[str, Any]:
    manifest = next(each for each in made() if each["kind"] == "NodePool")
    return {**manifest, "metadata": {"name": name}}


def _with_disk(gib: int) -> dict[str, Any]:
    manifest = next(each for each in made() if each["kind"] == "EC2NodeClass")
    for mapping in manifest["spec"]["blockDeviceMappings"]:
        mapping["ebs"]["volumeSize"] = f"{gib}Gi"
    return manifest


def _template() -> tuple[dict[str, Any], dict[str, Any]]:
    manifest = next(each for each in made() if each["kind"] == "NodePool")
    return manifest, manifest["spec"]["template"]


def _with_label(key: str, value: str) -> dict[str, Any]:
    manifest, template = _template()
    template["metadata"]["labels"][key] = value
    return manifest


def _with_taint(taint: dict[str, str]) -> dict[str, Any]:
    manifest, template = _template()
    template["spec"]["taints"].append(taint)
    return manifest


def _with_age(age: str) -> dict[str, Any]:
    manifest, template = _template()
    template["spec"]["expireAfter"] = age
    return manifest


@pytest.mark.parametrize(
    ("pools", "manifest", "key"),
    [
        ("{GPU_big: {instances: [m7i]}}", lambda: _named("GPU_big"), "GPU_big"),
        ("{cpu: {instances: [m7i], disk_gib: 0}}", lambda: _with_disk(0), "disk_gib"),
        ("{cpu: {instances: [m7i], disk_gib: 70000}}", lambda: _with_disk(70000), "disk_gib"),
        (
            "{cpu: {instances: [m7i], labels: {karpenter.sh/x: y}}}",
            lambda: _with_label("karpenter.sh/x", "y"),
            "karpenter.sh/x",
        ),
        (
            f"{{cpu: {{instances: [m7i], labels: {{team: {'a' * 64}}}}}}}",
            lambda: _with_label("team", "a" * 64),
            "a" * 64,
        ),
        (
            "{cpu: {instances: [m7i], taints: [{key: team, effect: Never}]}}",
            lambda: _with_taint({"key": "team", "effect": "Never"}),
            "effect",
        ),
        (
            "{cpu: {instances: [m7i], taints: [{key: a b}]}}",
            lambda: _with_taint({"key": "a b", "effect": "NoSchedule"}),
            "a b",
        ),
        (
            "{cpu: {instances: [m7i], lifetime: {expire_after_hours: -1}}}",
            lambda: _with_age("-1h"),
            "expire_after_hours",
        ),
    ],
    ids=[
        "name",
        "no disk",
        "huge disk",
        "reserved label",
        "long label",
        "effect of a taint",
        "key of a taint",
        "age",
    ],
)
def test_what_the_api_refuses_is_refused_before(
    karpenter: Plane, tmp_path: Path, pools: str, manifest: Callable[[], Any], key: str
) -> None:
    """``jhub validate`` names the key; without it the API would say no in the midst of a deploy."""
    assert answer_to(karpenter, manifest())[0] == 422
    (tmp_path / "jhub.yaml").write_text("name: lab\n")
    pool_name = pools[1:].partition(":")[0]
    (tmp_path / "profiles.yaml").write_text(
        f"pools: {pools}\nprofiles: [{{name: A, default: true, pool: {pool_name}}}]\n"
    )

    with pytest.raises(ConfigError) as caught:
        load(ConfigSources(files=(tmp_path / "jhub.yaml",)))

    assert any(key in f"{problem.path} {problem.message}" for problem in caught.value.problems)


def test_the_rules_are_in_force(karpenter: Plane) -> None:
    """A class with both a profile and a role is refused: the acceptance above means something."""
    wrong = next(each for each in made() if each["kind"] == "EC2NodeClass")
    wrong["spec"]["role"] = "other"
    status, answer = answer_to(karpenter, wrong)
    assert status == 422
    assert "role" in answer["message"]
