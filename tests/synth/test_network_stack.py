"""Intent of stack ``network``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.synth import ABSENT, Matching
from tests.synth.support_stacks import SUBNET_IDS, VPC_ID, adopting, deployment

if TYPE_CHECKING:
    from tests.support.synth import Stacks, Synthesizer

DISCOVERY = "karpenter.sh/discovery"
INTERNAL = "kubernetes.io/role/internal-elb"
PUBLIC = "kubernetes.io/role/elb"


def test_vpc_resolves_names(default_stacks: Stacks) -> None:
    """DNS support and host names are on: EFS and the private endpoint need them."""
    default_stacks["network"].the(
        "aws_vpc", cidr_block="10.1.0.0/16", enable_dns_support=True, enable_dns_hostnames=True
    )


def test_three_zones_have_a_private_and_a_public_subnet_each(default_stacks: Stacks) -> None:
    """There is one private and one public subnet in each of three different zones."""
    network = default_stacks["network"]
    for tag in (INTERNAL, PUBLIC):
        found = network.matching("aws_subnet", tags={tag: "1"}).values()
        assert {body["availability_zone"] for body in found} == {
            f"${{data.aws_availability_zones.Zones.names[{index}]}}" for index in range(3)
        }


def test_zones_that_eks_refuses_are_left_out(default_stacks: Stacks) -> None:
    """Zones without control planes, and those one must opt into, are never chosen."""
    zones = default_stacks["network"].data("aws_availability_zones")["Zones"]
    assert zones["state"] == "available"
    assert set(zones["exclude_zone_ids"]) == {"use1-az3", "usw1-az2", "cac1-az3"}
    assert zones["filter"] == [{"name": "opt-in-status", "values": ["opt-in-not-required"]}]


def test_too_few_zones_stop_the_plan(default_stacks: Stacks) -> None:
    """A region with fewer zones than asked for is an error that names the remedy."""
    (check,) = default_stacks["network"].data("aws_availability_zones")["Zones"]["lifecycle"][
        "postcondition"
    ]
    assert check["condition"] == "${length(self.names) >= 3}"
    assert "network.zones" in check["error_message"]


def test_subnets_stay_in_their_zone(default_stacks: Stacks) -> None:
    """A shifted list of zones replaces no subnet that is in use."""
    default_stacks["network"].assert_count(
        "aws_subnet", 6, lifecycle={"ignore_changes": ["availability_zone"]}
    )


def test_no_subnet_gives_public_addresses(default_stacks: Stacks) -> None:
    """Nothing gets a public address merely by being started."""
    for body in default_stacks["network"].resources("aws_subnet").values():
        assert not body.get("map_public_ip_on_launch", False)


def test_karpenter_finds_private_subnets_only(default_stacks: Stacks) -> None:
    """The discovery tag is on the private subnets and on no public one."""
    network = default_stacks["network"]
    network.assert_count("aws_subnet", 3, tags={DISCOVERY: "jupyterhub-on-eks", INTERNAL: "1"})
    network.assert_count("aws_subnet", 3, tags={DISCOVERY: ABSENT, PUBLIC: "1"})


def test_single_nat_serves_all_zones(default_stacks: Stacks) -> None:
    """One gateway, one address, and a route to it from each zone's table."""
    network = default_stacks["network"]
    network.assert_count("aws_nat_gateway", 1)
    network.assert_count("aws_eip", 1)
    network.assert_count("aws_route", 3, nat_gateway_id="${aws_nat_gateway.Nat0.id}")


def test_nat_per_zone_changes_routes_only(default_stacks: Stacks, synthesizer: Synthesizer) -> None:
    """Each zone gets its gateway, and no route table or subnet is another one."""
    before, after = default_stacks["network"], synthesizer(deployment(network={"nat": "per-zone"}))
    network = after["network"]
    for index in range(3):
        network.the("aws_route", nat_gateway_id=f"${{aws_nat_gateway.Nat{index}.id}}")
    for kind in ("aws_subnet", "aws_route_table", "aws_route_table_association", "aws_vpc"):
        assert network.resources(kind) == before.resources(kind)


def test_s3_is_reached_without_nat(default_stacks: Stacks) -> None:
    """The gateway endpoint is in every private route table."""
    endpoint = default_stacks["network"].the(
        "aws_vpc_endpoint",
        vpc_endpoint_type="Gateway",
        service_name="com.amazonaws.us-west-2.s3",
    )
    assert len(endpoint["route_table_ids"]) == 3


def test_default_security_group_is_closed(default_stacks: Stacks) -> None:
    """The VPC's default group has no rule in either direction."""
    default_stacks["network"].the("aws_default_security_group", ingress=ABSENT, egress=ABSENT)


def test_interface_endpoints_answer_the_vpc_only(synthesizer: Synthesizer) -> None:
    """Endpoints have private names, and their group admits https from the VPC's ranges."""
    network = synthesizer(
        deployment(
            network={
                "interface_endpoints": ["ecr.api", "eks-auth"],
                "secondary_cidr": "100.64.0.0/16",
            }
        )
    )["network"]
    network.assert_count(
        "aws_vpc_endpoint", 2, vpc_endpoint_type="Interface", private_dns_enabled=True
    )
    network.the("aws_vpc_endpoint", service_name="com.amazonaws.us-west-2.eks-auth")
    rules = network.resources("aws_vpc_security_group_ingress_rule").values()
    assert {(rule["cidr_ipv4"], rule["from_port"], rule["to_port"]) for rule in rules} == {
        ("10.1.0.0/16", 443, 443),
        ("100.64.0.0/16", 443, 443),
    }


def test_names_of_endpoints_in_china_are_asked_of_aws(synthesizer: Synthesizer) -> None:
    """Some services are called cn.com.amazonaws.… there, which no rule of ours guesses."""
    network = synthesizer(
        deployment(region="cn-north-1", network={"interface_endpoints": ["sts"]})
    )["network"]
    assert network.data("aws_vpc_endpoint_service")["EndpointServiceSts"]["service"] == "sts"
    network.the(
        "aws_vpc_endpoint",
        service_name="${data.aws_vpc_endpoint_service.EndpointServiceSts.service_name}",
    )


def test_secondary_range_holds_the_nodes(synthesizer: Synthesizer) -> None:
    """Karpenter then finds only the secondary subnets, load balancers only the routable ones."""
    stacks = synthesizer(deployment(network={"secondary_cidr": "100.64.0.0/16"}))
    network = stacks["network"]
    network.the("aws_vpc_ipv4_cidr_block_association", cidr_block="100.64.0.0/16")
    network.assert_count(
        "aws_subnet",
        3,
        cidr_block=Matching(r"^100\.64\."),
        tags={DISCOVERY: "jupyterhub-on-eks", INTERNAL: ABSENT},
    )
    network.assert_count("aws_subnet", 3, tags={DISCOVERY: ABSENT, INTERNAL: "1"})
    nodes = stacks["cluster"].the("aws_eks_node_group")["subnet_ids"]
    assert all("NodeSubnet" in subnet for subnet in nodes)


def test_existing_vpc_is_only_read(synthesizer: Synthesizer) -> None:
    """An adopted network gets no resource, and its subnets must be part of the VPC."""
    network = synthesizer(adopting())["network"]
    assert "resource" not in network.content
    assert network.data("aws_vpc")["ExistingVpc"]["id"] == VPC_ID
    subnets = network.data("aws_subnet").values()
    assert [body["id"] for body in subnets] == list(SUBNET_IDS)
    assert all(
        check["condition"] == "${self.vpc_id == data.aws_vpc.ExistingVpc.id}"
        for body in subnets
        for check in body["lifecycle"]["postcondition"]
    )


def test_existing_vpc_is_checked_before_it_is_used(synthesizer: Synthesizer) -> None:
    """Cluster and storage still wait for stack network, which reads the VPC."""
    stacks = synthesizer(adopting())
    assert stacks["cluster"].stack.depends_on == ("network",)
    assert stacks["storage"].stack.depends_on == ("network",)
