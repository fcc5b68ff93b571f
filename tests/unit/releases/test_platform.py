"""The releases of stack ``platform``: which, in which order, with which values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.releases.model import LocalChart, RemoteChart
from jupyterhub_eks.releases.platform import PlatformInputs, platform_releases
from jupyterhub_eks.resources import data_root
from tests.support.pools import EVERY_KIND, deployment_with, pool

if TYPE_CHECKING:
    from jupyterhub_eks.releases.model import Release

INPUTS = PlatformInputs(
    namespace="kube-system",
    cluster_name="hub",
    vpc_id="vpc-1",
    queue_name="hub-karpenter",
    instance_profile="hub-nodes",
    karpenter_service_account="karpenter",
    load_balancer_service_account="aws-load-balancer-controller",
)
PUBLIC = {"access": {"domain": "hub.example.org"}}
ONLY_CPU = {"cpu": pool("m7i", sizes=["xlarge"])}


def releases(pools: Any = None, **settings: Any) -> dict[str, Release]:
    made = platform_releases(deployment_with(pools or EVERY_KIND, **settings), INPUTS)
    found = {each.name: each for each in made}
    assert len(found) == len(made)
    return found


def test_the_order_is_that_of_need() -> None:
    """Definitions, controllers, plugins, and at last the nodes."""
    assert list(releases(**PUBLIC)) == [
        "karpenter-crd",
        "karpenter",
        "storage-classes",
        "aws-load-balancer-controller",
        "nvidia-device-plugin",
        "neuron",
        "nodes",
    ]


def test_every_need_comes_before() -> None:
    """No release waits for one that comes after it."""
    seen: set[str] = set()
    for name, each in releases(**PUBLIC).items():
        assert set(each.needs) <= seen
        seen.add(name)


def test_d25_karpenter_outlives_its_nodes() -> None:
    """Removed in the opposite order, the nodes go while Karpenter and the plugins still run."""
    found = releases()
    assert set(found["nodes"].needs) == {
        "karpenter-crd",
        "karpenter",
        "nvidia-device-plugin",
        "neuron",
    }
    assert found["karpenter"].needs == ("karpenter-crd",)


def test_definitions_belong_to_one_release() -> None:
    """Helm never upgrades what is in `crds/`, so Karpenter's own chart leaves them alone."""
    assert releases()["karpenter"].skip_crds


@pytest.mark.parametrize(
    ("access", "is_there"),
    [
        ({"domain": "hub.example.org"}, True),
        ({"domain": "hub.example.org", "visibility": "internal"}, True),
        ({}, False),
    ],
)
def test_d37_a_load_balancer_has_a_controller_and_port_forward_none(
    access: dict[str, str], *, is_there: bool
) -> None:
    """The controller comes with what it controls."""
    assert ("aws-load-balancer-controller" in releases(access=access)) is is_there


def test_the_load_balancer_controller_asks_no_machine_for_its_place() -> None:
    """Cluster, region and VPC are told, as the metadata service is out of its reach (D13)."""
    values = releases(**PUBLIC, tags={"team": "x"})["aws-load-balancer-controller"].values
    assert (values["clusterName"], values["region"], values["vpcId"]) == (
        "hub",
        "us-west-2",
        "vpc-1",
    )
    assert values["enableServiceMutatorWebhook"] is False
    assert values["defaultTags"] == {"team": "x", "jhub.deployment": "jupyterhub-on-eks"}


def test_a_tag_that_the_chart_cannot_pass_on_is_left_out() -> None:
    """Its template writes tags unquoted, where `: ` would end a word and `=` a key."""
    tags = {"a b": "c d", "path": "x/y:z=1", "k=l": "m", "note": "see: here", "end": "x:"}
    values = releases(**PUBLIC, tags=tags)["aws-load-balancer-controller"].values
    assert values["defaultTags"] == {
        "a b": "c d",
        "path": "x/y:z=1",
        "jhub.deployment": "jupyterhub-on-eks",
    }


def test_controllers_have_the_accounts_of_their_roles() -> None:
    """The service accounts are those to which Pod Identity binds, without a role annotation."""
    found = releases(**PUBLIC)
    for name in ("karpenter", "aws-load-balancer-controller"):
        assert found[name].values["serviceAccount"] == {"create": True, "name": name}


def test_karpenter_hears_of_interruptions() -> None:
    """It is told cluster and queue."""
    settings = releases()["karpenter"].values["settings"]
    assert settings["clusterName"] == "hub"
    assert settings["interruptionQueue"] == "hub-karpenter"


@pytest.mark.parametrize(("pools", "is_on"), [(EVERY_KIND, True), (ONLY_CPU, False)])
def test_overlays_are_switched_on_where_there_are_some(pools: Any, *, is_on: bool) -> None:
    """The alpha gate follows the pools."""
    found = releases(pools)
    assert found["karpenter"].values["settings"]["featureGates"]["nodeOverlay"] is is_on
    kinds = {each["kind"] for each in found["nodes"].values["objects"]}
    assert ("NodeOverlay" in kinds) is is_on


def test_controllers_stay_on_system_nodes() -> None:
    """Nothing that starts nodes or load balancers runs where Karpenter may remove it."""
    found = releases(**PUBLIC)
    for name in ("karpenter", "aws-load-balancer-controller"):
        assert found[name].values["nodeSelector"] == {"hub.jupyter.org/node-purpose": "core"}


def test_d28_every_chart_is_pinned() -> None:
    """Charts of others have an exact version, ours are part of the project."""
    for each in releases(**PUBLIC).values():
        if isinstance(each.chart, RemoteChart):
            assert all(part.isdigit() for part in each.chart.version.split("."))
        else:
            assert isinstance(each.chart, LocalChart)
            assert (data_root() / each.chart.folder / "Chart.yaml").is_file()


def test_every_wait_has_an_end() -> None:
    """Helm gives up after ten minutes at the latest."""
    assert all(0 < each.timeout_seconds <= 600 for each in releases(**PUBLIC).values())
