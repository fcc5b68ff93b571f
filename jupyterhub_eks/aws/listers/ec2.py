"""EC2: the network and what runs in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.aws.listers.paging import items
from jupyterhub_eks.aws.ownership import made_by_cluster, tag_map
from jupyterhub_eks.ports import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.aws.ownership import Owner
    from jupyterhub_eks.aws.session import Clients


@dataclass(frozen=True)
class _Kind:
    """How a kind is listed; ``gone`` are the states in which it no longer exists."""

    name: str
    operation: str
    key: str
    id_key: str
    state_key: str = "State"
    gone: tuple[str, ...] = ()
    by_cluster: bool = False
    tags_key: str = "Tags"


_KINDS: Final = (
    _Kind("vpc", "describe_vpcs", "Vpcs", "VpcId"),
    _Kind("subnet", "describe_subnets", "Subnets", "SubnetId"),
    _Kind(
        "internet-gateway", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"
    ),
    _Kind("nat-gateway", "describe_nat_gateways", "NatGateways", "NatGatewayId", gone=("deleted",)),
    _Kind("elastic-ip", "describe_addresses", "Addresses", "AllocationId"),
    _Kind("route-table", "describe_route_tables", "RouteTables", "RouteTableId"),
    _Kind(
        "security-group", "describe_security_groups", "SecurityGroups", "GroupId", by_cluster=True
    ),
    _Kind(
        "vpc-endpoint", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", gone=("deleted",)
    ),
    _Kind(
        "launch-template",
        "describe_launch_templates",
        "LaunchTemplates",
        "LaunchTemplateId",
        by_cluster=True,
    ),
    _Kind("volume", "describe_volumes", "Volumes", "VolumeId", by_cluster=True),
    _Kind(
        "network-interface",
        "describe_network_interfaces",
        "NetworkInterfaces",
        "NetworkInterfaceId",
        by_cluster=True,
        tags_key="TagSet",
    ),
)


def resources(clients: Clients, owner: Owner) -> Iterator[Resource]:
    """Yield network parts, nodes and their disks that exist."""
    client = clients.get("ec2")
    for kind in _KINDS:
        for item in items(client, kind.operation, kind.key):
            if item.get(kind.state_key) not in kind.gone and _is_owned(owner, kind, item):
                yield Resource("ec2", kind.name, item[kind.id_key])
    for reservation in items(client, "describe_instances", "Reservations"):
        for instance in reservation["Instances"]:
            tags = tag_map(instance.get("Tags"))
            gone = instance["State"]["Name"] == "terminated"
            if not gone and (owner.owns(tags) or made_by_cluster(owner, tags)):
                yield Resource("ec2", "instance", instance["InstanceId"])


def _is_owned(owner: Owner, kind: _Kind, item: dict[str, Any]) -> bool:
    tags = tag_map(item.get(kind.tags_key))
    return owner.owns(tags) or (kind.by_cluster and made_by_cluster(owner, tags))
