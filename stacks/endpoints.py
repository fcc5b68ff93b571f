"""VPC endpoints of the ``network`` stack: S3 always, others as asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.data_aws_vpc_endpoint_service import DataAwsVpcEndpointService
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf_cdktf_provider_aws.route_table import RouteTable
    from cdktf_cdktf_provider_aws.subnet import Subnet
    from cdktf_cdktf_provider_aws.vpc import Vpc

    from stacks.base import BaseStack


def add_s3_endpoint(stack: BaseStack, vpc: Vpc, tables: Sequence[RouteTable]) -> None:
    """Route S3 past the NAT gateway: free, and container layers in ECR live in S3."""
    VpcEndpoint(
        stack,
        "S3Endpoint",
        vpc_id=vpc.id,
        service_name=f"com.amazonaws.{stack.aws_region}.s3",
        vpc_endpoint_type="Gateway",
        route_table_ids=[table.id for table in tables],
        tags=stack.named("s3"),
    )


def add_interface_endpoints(
    stack: BaseStack,
    vpc: Vpc,
    subnets: Sequence[Subnet],
    services: Sequence[str],
    client_cidrs: Sequence[str],
) -> None:
    """Put the named AWS services into the private subnets.

    Args:
        stack: The stack that gets the resources.
        vpc: The VPC.
        subnets: One subnet per zone for the endpoints' interfaces.
        services: Short service names, e.g. ``ecr.api``.
        client_cidrs: Ranges of this VPC from which they are reached over https.
    """
    group = SecurityGroup(
        stack,
        "EndpointSecurityGroup",
        name=stack.name_of("endpoints", "security_group"),
        description="AWS services reached privately from this VPC",
        vpc_id=vpc.id,
        tags=stack.named("endpoints"),
    )
    for index, cidr in enumerate(client_cidrs):
        VpcSecurityGroupIngressRule(
            stack,
            f"EndpointIngress{index}",
            security_group_id=group.id,
            description="https from the VPC",
            cidr_ipv4=cidr,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            tags=stack.named("endpoints-https"),
        )
    for service in services:
        _add_interface_endpoint(stack, vpc, subnets, service, group)


def _add_interface_endpoint(
    stack: BaseStack, vpc: Vpc, subnets: Sequence[Subnet], service: str, group: SecurityGroup
) -> None:
    part = "".join(word.capitalize() for word in service.replace(".", "-").split("-"))
    VpcEndpoint(
        stack,
        f"Endpoint{part}",
        vpc_id=vpc.id,
        service_name=_service_name(stack, service, part),
        vpc_endpoint_type="Interface",
        private_dns_enabled=True,
        subnet_ids=[subnet.id for subnet in subnets],
        security_group_ids=[group.id],
        tags=stack.named(f"endpoint-{service}"),
    )


def _service_name(stack: BaseStack, service: str, part: str) -> str:
    """Return the full name; China's regions mix two forms, so there AWS is asked."""
    if stack.partition != "aws-cn":
        return f"com.amazonaws.{stack.aws_region}.{service}"
    found = DataAwsVpcEndpointService(
        stack, f"EndpointService{part}", service=service, service_type="Interface"
    )
    return str(found.service_name)
