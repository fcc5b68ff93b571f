"""Intent of stack ``platform``: the releases as Terraform gets them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.digests import folder_digest
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.releases.catalog import REMOTE_CHARTS
from jupyterhub_eks.resources import data_root
from jupyterhub_eks.synth import synthesize
from tests.support.pools import EVERY_KIND, deployment_with, pool
from tests.support.release_values import release_values
from tests.support.synth import ABSENT, StackJson, Stacks

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment

Synthesize = Callable[["Deployment"], Stacks]
EXAMPLES = sorted((data_root() / "examples").glob("*/jhub.yaml"))
PUBLIC = {"access": {"domain": "hub.example.org"}}
REMOTE_STATE = "data.terraform_remote_state.cross-stack-reference-input-"


@pytest.fixture(scope="session")
def platform(synthesizer: Synthesize) -> StackJson:
    """The stack of a public deployment with a pool of each kind."""
    return synthesizer(deployment_with(EVERY_KIND, **PUBLIC))["platform"]


def known(stack: StackJson) -> dict[str, str]:
    """Return the stack's locals by name: what Terraform puts into values."""
    found: dict[str, str] = stack.content.get("locals", {})
    return found


def test_aws_side_comes_first(platform: StackJson) -> None:
    """It waits for the stacks whose outputs it takes."""
    assert platform.stack.depends_on == ("cluster", "interruption", "karpenter", "network")


def test_both_halves_are_there(synthesizer: Synthesize) -> None:
    """The AWS half is the same as without the Kubernetes half."""
    assert set(synthesizer(deployment_with(EVERY_KIND, **PUBLIC))) == {
        "certificate",
        "cluster",
        "dns",
        "hub",
        "interruption",
        "karpenter",
        "network",
        "platform",
        "storage",
    }


def test_everything_is_a_release(platform: StackJson) -> None:
    """No object is planned against an API that does not know it yet, and AWS is not asked."""
    assert set(platform.content["resource"]) == {"helm_release"}
    assert set(platform.content["provider"]) == {"helm"}
    assert platform.content["terraform"]["required_providers"] == {
        "helm": {"source": "hashicorp/helm", "version": ">= 3.1.0, < 4.0.0"}
    }


def test_the_cluster_is_reached_by_a_token_of_jhub(platform: StackJson) -> None:
    """Address and authority come from the cluster's stack, credentials from no file."""
    ((provider,),) = (platform.content["provider"]["helm"],)
    kubernetes = provider["kubernetes"]
    assert kubernetes["host"].startswith(f"${{{REMOTE_STATE}cluster")
    assert kubernetes["cluster_ca_certificate"].startswith(f"${{base64decode({REMOTE_STATE}cluster")
    assert kubernetes["exec"] == {
        "api_version": "client.authentication.k8s.io/v1",
        "command": "jhub",
        "args": ["token", "--cluster", "jupyterhub-on-eks", "--region", "us-west-2"],
    }
    assert not {"token", "client_key", "config_path"} & set(kubernetes)


def test_a_failed_try_can_be_run_again(platform: StackJson) -> None:
    """Each release upgrades what is there, cleans up, waits with an end, and is never undone."""
    platform.assert_count(
        "helm_release",
        7,
        upgrade_install=True,
        cleanup_on_fail=True,
        wait=True,
        timeout=lambda seconds: 0 < seconds <= 600,
        atomic=ABSENT,
        max_history=5,
    )


def test_d25_releases_go_in_the_opposite_order(platform: StackJson) -> None:
    """Terraform removes the nodes before Karpenter, and Karpenter before its definitions."""
    nodes = platform.the("helm_release", name="nodes")
    assert set(nodes["depends_on"]) == {
        "helm_release.KarpenterCrds",
        "helm_release.Karpenter",
        "helm_release.NvidiaDevicePlugin",
        "helm_release.NeuronDevicePlugin",
    }
    karpenter = platform.the("helm_release", name="karpenter")
    assert karpenter["depends_on"] == ["helm_release.KarpenterCrds"]
    assert karpenter["skip_crds"] is True


def test_d28_charts_are_pinned(platform: StackJson) -> None:
    """Each has a version; those of others also a repository."""
    pinned = {chart.name: (chart.repository, chart.version) for chart in REMOTE_CHARTS}
    for body in platform.resources("helm_release").values():
        if body["chart"].startswith("./"):
            assert body["version"] == "1.0.0"
            assert "repository" not in body
        else:
            assert (body["repository"], body["version"]) == pinned[body["chart"]]


def test_own_charts_come_along(platform: StackJson) -> None:
    """Their path is relative to the stack, names their content, and is complete."""
    for name, source in (
        ("nodes", "karpenter/nodes"),
        ("storage-classes", "helm_values/storage-classes"),
    ):
        folder = data_root() / source
        chart = platform.the("helm_release", name=name)["chart"]
        assert re.fullmatch(rf"\./assets/\w+/{folder_digest(folder)[:16]}", chart)
        copy = platform.stack.directory / chart
        assert {p.relative_to(copy) for p in copy.rglob("*")} == {
            p.relative_to(folder) for p in folder.rglob("*")
        }


def test_terraform_fills_in_what_only_it_knows(platform: StackJson) -> None:
    """Names of AWS resources are read from the stacks that made them."""
    locals_ = known(platform)
    settings = release_values(platform, "karpenter")["settings"]
    queue = settings["interruptionQueue"].removeprefix("local.")
    assert locals_[queue].startswith(f"${{{REMOTE_STATE}interruption")
    vpc = release_values(platform, "aws-load-balancer-controller")["vpcId"].removeprefix("local.")
    assert locals_[vpc].startswith(f"${{{REMOTE_STATE}network")
    for each in release_values(platform, "nodes")["objects"]:
        if each["kind"] == "EC2NodeClass":
            profile = each["spec"]["instanceProfile"].removeprefix("local.")
            assert locals_[profile].startswith(f"${{{REMOTE_STATE}karpenter")


def test_accounts_are_those_that_pod_identity_binds(
    synthesizer: Synthesize, platform: StackJson
) -> None:
    """A controller's service account is, in name and namespace, that of its AWS role (D2)."""
    stacks = synthesizer(deployment_with(EVERY_KIND, **PUBLIC))
    bound = {
        (body["namespace"], body["service_account"])
        for body in stacks["karpenter"].resources("aws_eks_pod_identity_association").values()
    }
    used = {
        (platform.the("helm_release", name=name)["namespace"], account["name"])
        for name in ("karpenter", "aws-load-balancer-controller")
        for account in [release_values(platform, name)["serviceAccount"]]
    }
    assert used == bound


def test_nodes_are_found_where_the_aws_half_put_them(synthesizer: Synthesize) -> None:
    """The tags by which Karpenter finds subnets and group are on them."""
    stacks = synthesizer(deployment_with(EVERY_KIND, **PUBLIC))
    (wanted,) = {
        json.dumps(term["tags"])
        for each in release_values(stacks["platform"], "nodes")["objects"]
        if each["kind"] == "EC2NodeClass"
        for key in ("subnetSelectorTerms", "securityGroupSelectorTerms")
        for term in each["spec"][key]
    }
    ((key, value),) = json.loads(wanted).items()
    stacks["network"].assert_count("aws_subnet", 3, tags=lambda tags: tags.get(key) == value)
    stacks["cluster"].the("aws_ec2_tag", key=key, value=value)


def test_user_text_is_no_template(synthesizer: Synthesize) -> None:
    """Nothing in a tag is taken for an expression by Terraform or a number by cdktf."""
    odd = "${a} %{ if } } 2e45 -1.8e308"
    stack = synthesizer(deployment_with({"cpu": pool("m7i")}, tags={"odd": odd}))["platform"]
    (node_class, *_) = release_values(stack, "nodes")["objects"]
    assert node_class["spec"]["tags"]["odd"] == odd
    (text,) = stack.the("helm_release", name="nodes")["values"]
    assert not re.search(r"(?<!\$)\$\{(?!jsonencode\(local\.)|(?<!%)%\{", text)


def test_no_token_of_cdktf_is_left(platform: StackJson) -> None:
    """Every stand-in has become a reference."""
    assert "TfToken" not in json.dumps(platform.content)


def test_a_small_deployment_has_no_more_than_it_needs(synthesizer: Synthesize) -> None:
    """CPU pools without a load balancer: four releases (D37)."""
    stack = synthesizer(deployment_with({"cpu": pool("m7i")}))["platform"]
    names = {body["name"] for body in stack.resources("helm_release").values()}
    assert names == {"karpenter-crd", "karpenter", "storage-classes", "nodes"}
    assert stack.stack.depends_on == ("cluster", "interruption", "karpenter")


def test_a_pool_that_karpenter_would_refuse_is_no_stack(synthesizer: Synthesize) -> None:
    """Synthesis ends with the pool's key."""
    with pytest.raises(ConfigError) as caught:
        synthesizer(deployment_with({"a b": pool("m7i")}))
    assert caught.value.problems[0].path == "pools.a b"


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.parent.name)
def test_every_example_has_a_platform(synthesizer: Synthesize, file: Path) -> None:
    """Each example becomes releases, with a pool for each of its pools."""
    deployment = load(ConfigSources(files=(file,))).deployment
    objects = release_values(synthesizer(deployment)["platform"], "nodes")["objects"]
    pools = {each["metadata"]["name"] for each in objects if each["kind"] == "NodePool"}
    assert pools == set(deployment.profiles.pools)


def test_two_syntheses_are_byte_identical(tmp_path: Path) -> None:
    """Charts, paths and values are the same in another folder and without the cache."""
    deployment = deployment_with(EVERY_KIND, **PUBLIC)
    seen = []
    for name in ("one", "two"):
        out = tmp_path / name
        synthesize(deployment, out, protect_data=True, use_cache=False)
        seen.append({p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()})
    assert seen[0] == seen[1]
    charts = [path for path in seen[0] if {"assets", "platform"} <= set(path.parts)]
    assert len(charts) == 8
    assert not [path for path, content in seen[0].items() if str(tmp_path).encode() in content]


def test_the_cache_gives_charts_too(tmp_path: Path) -> None:
    """A remembered synthesis brings the same files, and clears away a former chart."""
    deployment = deployment_with(EVERY_KIND, **PUBLIC)
    out = tmp_path / "out"
    synthesize(deployment, out, protect_data=True)
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    for path in before:
        if "assets" in path.parts:
            path.unlink()
    former = out / "stacks/platform/assets/NodesChart/0000/Chart.yaml"
    former.parent.mkdir()
    former.write_text("name: former")
    assert synthesize(deployment, out, protect_data=True).cached
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before
