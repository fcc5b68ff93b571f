"""EC2: most kinds have no name but in a tag, so tag and place identify them.

Routes and associations have no tags; they belong to whom their route table belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.aws.matching import listed, only, require_finished
from jupyterhub_eks.aws.ownership import tag_map

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.aws.matching import Search


@dataclass(frozen=True)
class Kind:
    """How a kind is listed, and which of its values have to be those of the configuration.

    Attributes:
        operation: Name of the call that lists it.
        key: Where its answer has the list.
        id_key: Where an entry has its id.
        same: Arguments of the configuration by the entry's key; one that is not known yet
            lets nothing be found.
        gone: States of an entry that no longer exists.
    """

    operation: str
    key: str
    id_key: str
    same: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    def find(self, search: Search) -> str | None:
        """Return the id of the only fitting entry."""
        wanted = {key: search.settings.get(name) for key, name in self.same.items()}
        if not all(wanted.values()):
            return None
        found = [
            entry
            for entry in listed(search.clients.get("ec2"), self.operation, self.key)
            if search.owns(entry.get("Tags"))
            and str(entry.get("State")).lower() not in self.gone
            and all(entry.get(key) == value for key, value in wanted.items())
        ]
        identifier = only(entry[self.id_key] for entry in found)
        if identifier:
            require_finished(identifier, _state(found[0]))
        return identifier


def _state(entry: dict[str, Any]) -> str:
    return str(entry.get("State", ""))


_ENDED: Final = frozenset({"deleted", "deleting", "failed"})
KINDS: Final[Mapping[str, Kind]] = {
    "eip": Kind("describe_addresses", "Addresses", "AllocationId"),
    "internet_gateway": Kind("describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    "launch_template": Kind(
        "describe_launch_templates",
        "LaunchTemplates",
        "LaunchTemplateId",
        {"LaunchTemplateName": "name"},
    ),
    "nat_gateway": Kind(
        "describe_nat_gateways", "NatGateways", "NatGatewayId", {"SubnetId": "subnet_id"}, _ENDED
    ),
    "route_table": Kind(
        "describe_route_tables", "RouteTables", "RouteTableId", {"VpcId": "vpc_id"}
    ),
    "security_group": Kind(
        "describe_security_groups",
        "SecurityGroups",
        "GroupId",
        {"VpcId": "vpc_id", "GroupName": "name"},
    ),
    "subnet": Kind(
        "describe_subnets", "Subnets", "SubnetId", {"VpcId": "vpc_id", "CidrBlock": "cidr_block"}
    ),
    "vpc": Kind("describe_vpcs", "Vpcs", "VpcId"),
    "vpc_security_group_ingress_rule": Kind(
        "describe_security_group_rules",
        "SecurityGroupRules",
        "SecurityGroupRuleId",
        {"GroupId": "security_group_id"},
    ),
    "vpc_endpoint": Kind(
        "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", {"VpcId": "vpc_id"}, _ENDED
    ),
}


def route(search: Search) -> str | None:
    """Return ``table_destination``."""
    known = search.known("route_table_id", "destination_cidr_block")
    if not known:
        return None
    routes = _of_table(search, known[0], "Routes")
    found = any(each.get("DestinationCidrBlock") == known[1] for each in routes)
    return "_".join(known) if found else None


def route_table_association(search: Search) -> str | None:
    """Return ``subnet/table``."""
    known = search.known("subnet_id", "route_table_id")
    if not known:
        return None
    associations = _of_table(search, known[1], "Associations")
    found = any(each.get("SubnetId") == known[0] for each in associations)
    return "/".join(known) if found else None


def _of_table(search: Search, table: str, key: str) -> list[dict[str, Any]]:
    tables = listed(search.clients.get("ec2"), "describe_route_tables", "RouteTables")
    return [
        part
        for entry in tables
        if entry["RouteTableId"] == table and search.owner.owns(tag_map(entry.get("Tags")))
        for part in entry.get(key, [])
    ]
