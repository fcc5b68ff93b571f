"""D10, D11, D21, D32: who reaches what, and in which zones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.whole import Spoil, Whole, block, node, resource, value

if TYPE_CHECKING:
    from tests.synth.requirements.conftest import Case

SCHEMES = {"public": "internet-facing", "internal": "internal"}
# Labels of a zone, by which a pool would be pinned to it.
ZONE_KEYS = {"topology.kubernetes.io/zone", "topology.k8s.aws/zone-id"}


def paper_policies(whole: Whole) -> list[str]:
    """Return network policies that are missing, or that nothing enforces."""
    parts = {
        "hub": whole.hub["hub"],
        "proxy": whole.hub["proxy"].get("chp", {}),
        "singleuser": whole.hub["singleuser"],
    }
    found = [
        f"{name} has no network policy"
        for name, part in parts.items()
        if not part.get("networkPolicy", {}).get("enabled", True)
    ]
    addons = whole.resources("aws_eks_addon").values()
    (cni,) = (each for each in addons if each["addon_name"] == "vpc-cni")
    settings = json.loads(cni.get("configuration_values", "{}"))
    return found + ([] if settings.get("enableNetworkPolicy") == "true" else ["nothing enforces"])


def test_d10_network_policies_are_enforced(whole: Whole) -> None:
    """Hub, proxy and servers have policies, and the network add-on is told to enforce them."""
    assert paper_policies(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        block("cluster", "resource", "aws_eks_addon", "AddonVpcCni", "configuration_values"),
        value("jupyterhub", "singleuser", "networkPolicy", "enabled", to=False),
        value("jupyterhub", "proxy", "chp", "networkPolicy", "enabled", to=False),
    ],
)
def test_d10_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """An add-on left at its default and a policy switched off are found."""
    assert paper_policies(rich.spoilt(mistake)) != []


def open_doors(whole: Whole) -> list[str]:
    """Return what strangers read, and rules for more than they are about."""
    found = []
    if whole.hub["hub"].get("authenticatePrometheus") is not True:
        found.append("anybody reads the hub's metrics")
    for address, body in whole.resources("aws_eks_cluster").items():
        access = body["vpc_config"]
        networks = access.get("public_access_cidrs") or []
        if access.get("endpoint_public_access", True) and not networks:
            found.append(f"{address}: the API is open to the world")
        found += [f"{address}: {each} is the world" for each in networks if each.endswith("/0")]
    for address, rule in _rules(whole):
        whole_range = (rule.get("from_port", 0), rule.get("to_port", 65535)) == (0, 65535)
        if str(rule.get("ip_protocol", rule.get("protocol", "-1"))) == "-1" or whole_range:
            found.append(f"{address} admits on all ports")
        cidrs = [rule.get("cidr_ipv4", ""), *rule.get("cidr_blocks", [])]
        if "0.0.0.0/0" in cidrs:
            found.append(f"{address} admits everybody")
    return found


def _rules(whole: Whole) -> list[tuple[str, dict[str, Any]]]:
    kinds = ("aws_vpc_security_group_ingress_rule", "aws_security_group_rule")
    found = list(whole.resources(*kinds).items())
    for address, body in whole.resources(
        "aws_security_group", "aws_default_security_group"
    ).items():
        found += [(address, each) for each in body.get("ingress", [])]
    return found


def test_d11_doors_are_for_somebody(whole: Whole) -> None:
    """Metrics want a token, the API names its networks, and rules name their port."""
    assert open_doors(whole) == []


NODES = {"ip_protocol": "-1", "referenced_security_group_id": "sg-1"}


@pytest.mark.parametrize(
    "mistake",
    [
        value("jupyterhub", "hub", "authenticatePrometheus", to=False),
        resource("cluster", "aws_eks_cluster", "vpc_config", "public_access_cidrs"),
        resource(
            *("cluster", "aws_eks_cluster", "vpc_config", "public_access_cidrs"), to=["0.0.0.0/0"]
        ),
        block("cluster", "resource", "aws_vpc_security_group_ingress_rule", "All", to=NODES),
        resource("karpenter", "aws_vpc_security_group_ingress_rule", "ip_protocol", to="-1"),
    ],
)
def test_d11_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """Open metrics, an API for the world and a rule for all ports are found."""
    assert open_doors(rich.spoilt(mistake)) != []


def pinned_to_a_zone(whole: Whole) -> list[str]:
    """Return pools that miss a zone, zones that may not serve, and zones without files."""
    settings, found = whole.deployment.settings, []
    existing = settings.network.existing
    zones = len(existing.private_subnet_ids) if existing else settings.network.zones
    for name, spec in whole.nodes("EC2NodeClass").items():
        terms = spec["subnetSelectorTerms"]
        by_tag = terms == [{"tags": {"karpenter.sh/discovery": settings.name}}]
        if not by_tag and len({each.get("id") for each in terms}) != zones:
            found.append(f"class {name} takes {terms}")
    for name, spec in whole.nodes("NodePool").items():
        keys = {each["key"] for each in spec["template"]["spec"]["requirements"]}
        found += [f"pool {name} wants {key}" for key in sorted(keys & ZONE_KEYS)]
    if len(whole.resources("aws_efs_mount_target")) != zones:
        found.append("not every zone has a mount target")
    for address, body in whole.stacks["network"].data("aws_availability_zones").items():
        wanted = [{"name": "opt-in-status", "values": ["opt-in-not-required"]}]
        if body.get("filter") != wanted:
            found.append(f"{address} takes local zones")
    discovered = [
        body["availability_zone"]
        for body in whole.resources("aws_subnet").values()
        if "karpenter.sh/discovery" in body["tags"]
    ]
    if not existing and len(set(discovered)) != zones:
        found.append(f"nodes can be in {len(set(discovered))} of {zones} zones")
    return found


def test_d21_pools_use_every_zone(whole: Whole) -> None:
    """No pool is bound to a subnet or zone, and files are mounted in each zone."""
    assert pinned_to_a_zone(whole) == []


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        (
            "accelerators",
            node("EC2NodeClass", "gpu", "subnetSelectorTerms", to=[{"id": "subnet-1"}]),
        ),
        ("existing-vpc", node("EC2NodeClass", "gpu", "subnetSelectorTerms", 0)),
        (
            "accelerators",
            node(
                *("NodePool", "gpu", "template", "spec", "requirements", 0, "key"),
                to="topology.kubernetes.io/zone",
            ),
        ),
        ("accelerators", block("storage", "resource", "aws_efs_mount_target", "MountTarget0")),
        ("accelerators", block("network", "data", "aws_availability_zones", "Zones", "filter")),
        (
            "accelerators",
            block("network", "resource", "aws_subnet", "PrivateSubnet1", "tags", to={}),
        ),
    ],
)
def test_d21_is_noticed(case: Case, name: str, mistake: Spoil) -> None:
    """A pinned pool, a zone without files and local zones are found."""
    assert pinned_to_a_zone(case(name).spoilt(mistake)) != []


def balancer_faults(whole: Whole) -> list[str]:
    """Return settings that the load balancer ignores, and addresses that nobody is told."""
    found = [] if "url" in whole.stacks["hub"].outputs else ["the URL is not told"]
    if not whole.exposed:
        return found
    if "load_balancer" not in whole.stacks["dns"].outputs:
        found.append("the load balancer's name is not told")
    access = whole.deployment.settings.access
    service = whole.hub["proxy"]["service"].get("annotations", {})
    ingress = whole.hub.get("ingress", {}).get("annotations", {})
    notes = {key.rpartition("aws-load-balancer-")[2]: text for key, text in service.items()}
    notes |= {key.rpartition("/")[2]: text for key, text in ingress.items()}
    wanted = SCHEMES[access.effective_visibility]
    if notes.get("scheme") != wanted:
        found.append(f"scheme is {notes.get('scheme')}, and {access.effective_visibility} is meant")
    if "connection-idle-timeout" in notes:
        found.append("the idle time is set as for a classic load balancer")
    if access.load_balancer == "alb":
        idle = notes.get("load-balancer-attributes", "")
        found += [] if "idle_timeout.timeout_seconds=" in idle else ["web sockets are cut"]
    elif "idle" in str(notes):
        # A TLS listener of a network load balancer refuses to have it changed.
        found.append("an idle time is set where AWS does not take one")
    return found


def test_d32_load_balancers_obey_and_are_told(whole: Whole) -> None:
    """Each setting is one that this type of load balancer has, and the URL is an output."""
    assert balancer_faults(whole) == []


NOTE = "service.beta.kubernetes.io/aws-load-balancer-"
ANNOTATIONS = ("proxy", "service", "annotations")


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("defaults", block("hub", "output", "url")),
        ("accelerators", block("dns", "output", "load_balancer")),
        ("accelerators", value("jupyterhub", *ANNOTATIONS, f"{NOTE}scheme", to="internal")),
        (
            "accelerators",
            value("jupyterhub", *ANNOTATIONS, f"{NOTE}connection-idle-timeout", to="3600"),
        ),
        (
            "accelerators",
            value(
                "jupyterhub",
                *(*ANNOTATIONS, f"{NOTE}listener-attributes.TLS-443"),
                to="tcp.idle_timeout.seconds=3600",
            ),
        ),
        (
            "oidc",
            value(
                "jupyterhub",
                *("ingress", "annotations", "alb.ingress.kubernetes.io/load-balancer-attributes"),
            ),
        ),
    ],
)
def test_d32_is_noticed(case: Case, name: str, mistake: Spoil) -> None:
    """A hidden URL, the wrong scheme and an annotation for another type are found."""
    assert balancer_faults(case(name).spoilt(mistake)) != []
