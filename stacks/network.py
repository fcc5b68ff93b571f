"""Stack ``network``: VPC, subnets, NAT, endpoints; or an existing VPC, read and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf import Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_availability_zones import (
    DataAwsAvailabilityZones,
    DataAwsAvailabilityZonesFilter,
)
from cdktf_cdktf_provider_aws.data_aws_subnet import DataAwsSubnet
from cdktf_cdktf_provider_aws.data_aws_vpc import DataAwsVpc
from cdktf_cdktf_provider_aws.default_security_group import DefaultSecurityGroup
from cdktf_cdktf_provider_aws.eip import Eip
from cdktf_cdktf_provider_aws.internet_gateway import InternetGateway
from cdktf_cdktf_provider_aws.nat_gateway import NatGateway
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc
from cdktf_cdktf_provider_aws.vpc_ipv4_cidr_block_association import VpcIpv4CidrBlockAssociation

from stacks.base import BaseStack
from stacks.contracts import NetworkOutputs
from stacks.endpoints import add_interface_endpoints, add_s3_endpoint
from stacks.subnets import plan_node_subnets, plan_subnets

if TYPE_CHECKING:
    from constructs import Construct

    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.config.network import ExistingNetwork, NetworkConfig

# Zones in which EKS refuses control-plane subnets (AWS user guide, "Subnet requirements").
ZONES_WITHOUT_EKS: Final = ("cac1-az3", "use1-az3", "usw1-az2")
ANYWHERE: Final = "0.0.0.0/0"
DISCOVERY_TAG: Final = "karpenter.sh/discovery"
PUBLIC_BALANCER_TAG: Final = "kubernetes.io/role/elb"
INTERNAL_BALANCER_TAG: Final = "kubernetes.io/role/internal-elb"
# A subnet cannot move. When AWS takes a zone out of service, or adds one, the list of
# zones shifts, and without this Terraform would replace subnets that are in use.
STAY_IN_ZONE: Final = ("availability_zone",)


class NetworkStack(BaseStack):
    """The VPC of one deployment.

    Every zone has a private route table of its own also with a single NAT gateway,
    so that changing ``nat`` changes routes and replaces nothing.
    """

    outputs: NetworkOutputs

    def __init__(self, scope: Construct, *, settings: DeploymentFile) -> None:
        super().__init__(scope, "network", settings=settings)
        config = settings.network
        if config.existing:
            self.outputs = self._adopt(config.existing)
        else:
            self.outputs = self._create(config)
        self._add_outputs()

    def _adopt(self, existing: ExistingNetwork) -> NetworkOutputs:
        """Read a VPC that others own; Terraform stops if a subnet is not part of it."""
        vpc = DataAwsVpc(self, "ExistingVpc", id=existing.vpc_id)
        private = self._read_subnets("ExistingPrivateSubnet", existing.private_subnet_ids, vpc)
        public = self._read_subnets("ExistingPublicSubnet", existing.public_subnet_ids, vpc)
        return NetworkOutputs(
            vpc_id=vpc.id,
            private_subnet_ids=private,
            node_subnet_ids=private,
            public_subnet_ids=public,
        )

    def _read_subnets(
        self, prefix: str, subnet_ids: tuple[str, ...], vpc: DataAwsVpc
    ) -> tuple[str, ...]:
        return tuple(
            DataAwsSubnet(
                self,
                f"{prefix}{index}",
                id=subnet_id,
                lifecycle=TerraformResourceLifecycle(
                    postcondition=[
                        Postcondition(
                            condition=f"${{self.vpc_id == {vpc.fqn}.id}}",
                            error_message=f"Subnet {subnet_id} is not in the VPC named by "
                            "network.existing.vpc_id.",
                        )
                    ]
                ),
            ).id
            for index, subnet_id in enumerate(subnet_ids)
        )

    def _create(self, config: NetworkConfig) -> NetworkOutputs:
        plan = plan_subnets(config.cidr, config.zones)
        vpc = self._create_vpc(config)
        zones = self._find_zones(config.zones)
        gateway = InternetGateway(self, "InternetGateway", vpc_id=vpc.id, tags=self.named("igw"))
        public = self._create_public_subnets(vpc, plan.public, zones)
        private = self._create_private_subnets(vpc, plan.private, zones, config)
        self._create_public_routes(vpc, gateway, public)
        tables = self._create_private_route_tables(vpc, config, gateway, public)
        self._associate("Private", private, tables)
        nodes = private
        if config.secondary_cidr:
            nodes = self._create_node_subnets(vpc, config.secondary_cidr, zones)
            self._associate("Node", nodes, tables)
        add_s3_endpoint(self, vpc, tables)
        if config.interface_endpoints:
            cidrs = [config.cidr, *([config.secondary_cidr] if config.secondary_cidr else [])]
            add_interface_endpoints(self, vpc, private, config.interface_endpoints, cidrs)
        return NetworkOutputs(
            vpc_id=vpc.id,
            private_subnet_ids=tuple(subnet.id for subnet in private),
            node_subnet_ids=tuple(subnet.id for subnet in nodes),
            public_subnet_ids=tuple(subnet.id for subnet in public),
        )

    def _create_vpc(self, config: NetworkConfig) -> Vpc:
        vpc = Vpc(
            self,
            "Vpc",
            cidr_block=config.cidr,
            # The private API endpoint and EFS are found through the VPC's DNS.
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self.named("vpc"),
        )
        # Naming it without rules empties it: whoever forgets a group reaches nothing.
        DefaultSecurityGroup(
            self, "DefaultSecurityGroup", vpc_id=vpc.id, tags=self.named("default-closed")
        )
        return vpc

    def _find_zones(self, count: int) -> list[str]:
        """Return the names of the first ``count`` zones, as Terraform expressions."""
        zones = DataAwsAvailabilityZones(
            self,
            "Zones",
            state="available",
            # Leaves out local and wavelength zones, which must be opted into.
            filter=[
                DataAwsAvailabilityZonesFilter(name="opt-in-status", values=["opt-in-not-required"])
            ],
            exclude_zone_ids=list(ZONES_WITHOUT_EKS),
            lifecycle=TerraformResourceLifecycle(
                postcondition=[
                    Postcondition(
                        condition=f"${{length(self.names) >= {count}}}",
                        error_message=f"{self.aws_region} has fewer than {count} zones that "
                        "EKS can use. Lower network.zones or choose another region.",
                    )
                ]
            ),
        )
        return [f"${{{zones.fqn}.names[{index}]}}" for index in range(count)]

    def _create_public_subnets(
        self, vpc: Vpc, cidrs: tuple[str, ...], zones: list[str]
    ) -> list[Subnet]:
        return [
            Subnet(
                self,
                f"PublicSubnet{index}",
                vpc_id=vpc.id,
                cidr_block=cidr,
                availability_zone=zones[index],
                lifecycle=TerraformResourceLifecycle(ignore_changes=list(STAY_IN_ZONE)),
                map_public_ip_on_launch=False,
                tags=self.named(f"public-{index}", **{PUBLIC_BALANCER_TAG: "1"}),
            )
            for index, cidr in enumerate(cidrs)
        ]

    def _create_private_subnets(
        self, vpc: Vpc, cidrs: tuple[str, ...], zones: list[str], config: NetworkConfig
    ) -> list[Subnet]:
        tags = {INTERNAL_BALANCER_TAG: "1"}
        if not config.secondary_cidr:
            tags[DISCOVERY_TAG] = self.deployment
        return [
            Subnet(
                self,
                f"PrivateSubnet{index}",
                vpc_id=vpc.id,
                cidr_block=cidr,
                availability_zone=zones[index],
                lifecycle=TerraformResourceLifecycle(ignore_changes=list(STAY_IN_ZONE)),
                tags=self.named(f"private-{index}", **tags),
            )
            for index, cidr in enumerate(cidrs)
        ]

    def _create_node_subnets(self, vpc: Vpc, cidr: str, zones: list[str]) -> list[Subnet]:
        """Subnets of the secondary range: discovered by Karpenter, never by load balancers."""
        association = VpcIpv4CidrBlockAssociation(
            self, "SecondaryCidr", vpc_id=vpc.id, cidr_block=cidr
        )
        return [
            Subnet(
                self,
                f"NodeSubnet{index}",
                vpc_id=association.vpc_id,
                cidr_block=block,
                availability_zone=zones[index],
                lifecycle=TerraformResourceLifecycle(ignore_changes=list(STAY_IN_ZONE)),
                tags=self.named(f"nodes-{index}", **{DISCOVERY_TAG: self.deployment}),
            )
            for index, block in enumerate(plan_node_subnets(cidr, len(zones)))
        ]

    def _create_public_routes(
        self, vpc: Vpc, gateway: InternetGateway, subnets: list[Subnet]
    ) -> None:
        table = RouteTable(self, "PublicRouteTable", vpc_id=vpc.id, tags=self.named("public"))
        Route(
            self,
            "PublicRoute",
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            gateway_id=gateway.id,
        )
        self._associate("Public", subnets, [table] * len(subnets))

    def _create_private_route_tables(
        self, vpc: Vpc, config: NetworkConfig, gateway: InternetGateway, public: list[Subnet]
    ) -> list[RouteTable]:
        count = len(public) if config.nat == "per-zone" else 1
        gateways = [self._create_nat(index, public[index], gateway) for index in range(count)]
        tables = []
        for index in range(len(public)):
            table = RouteTable(
                self,
                f"PrivateRouteTable{index}",
                vpc_id=vpc.id,
                tags=self.named(f"private-{index}"),
            )
            Route(
                self,
                f"PrivateRoute{index}",
                route_table_id=table.id,
                destination_cidr_block=ANYWHERE,
                nat_gateway_id=gateways[index % count].id,
            )
            tables.append(table)
        return tables

    def _create_nat(self, index: int, subnet: Subnet, gateway: InternetGateway) -> NatGateway:
        address = Eip(self, f"NatAddress{index}", domain="vpc", tags=self.named(f"nat-{index}"))
        return NatGateway(
            self,
            f"Nat{index}",
            allocation_id=address.id,
            subnet_id=subnet.id,
            tags=self.named(f"nat-{index}"),
            # Without the route to the internet the gateway would fail to become available.
            depends_on=[gateway],
        )

    def _associate(self, prefix: str, subnets: list[Subnet], tables: list[RouteTable]) -> None:
        for index, (subnet, table) in enumerate(zip(subnets, tables, strict=True)):
            RouteTableAssociation(
                self,
                f"{prefix}RouteTableAssociation{index}",
                subnet_id=subnet.id,
                route_table_id=table.id,
            )

    def _add_outputs(self) -> None:
        out = self.outputs
        self.add_output("vpc_id", out.vpc_id, "Id of the VPC")
        self.add_output(
            "private_subnet_ids", list(out.private_subnet_ids), "Routable private subnets"
        )
        self.add_output("node_subnet_ids", list(out.node_subnet_ids), "Subnets of nodes and pods")
        self.add_output("public_subnet_ids", list(out.public_subnet_ids), "Public subnets")
