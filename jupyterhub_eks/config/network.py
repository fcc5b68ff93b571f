"""The ``network`` section: a new VPC, or an existing one to adopt."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jupyterhub_eks.config.base import Section

InterfaceEndpoint = Literal[
    "ec2",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "eks-auth",
    "elasticfilesystem",
    "elasticloadbalancing",
    "logs",
    "sqs",
    "ssm",
    "sts",
]


class ExistingNetwork(Section):
    """A VPC that is used as it is; no network resource is created or destroyed."""

    vpc_id: str = Field(
        pattern=r"^vpc-[0-9a-f]{8,17}$",
        description="Id of the VPC, e.g. `vpc-0a1b2c3d`.",
        examples=["vpc-0a1b2c3d4e5f60718"],
    )
    private_subnet_ids: tuple[str, ...] = Field(
        min_length=2,
        description="Ids of private subnets with a route to the internet or to the "
        "interface endpoints, one per zone, in at least two zones. Nodes and mount targets go "
        "here.",
        examples=[["subnet-0a1b2c3d4e5f60718", "subnet-0b1c2d3e4f5061728"]],
    )
    public_subnet_ids: tuple[str, ...] = Field(
        default=(),
        description="Ids of public subnets, one per zone, for an internet-facing load balancer. "
        "May be empty when `access.visibility` is not `public`.",
        examples=[["subnet-0c1d2e3f405162738", "subnet-0d1e2f30415263748"]],
    )


class NetworkConfig(Section):
    """VPC, subnets, NAT and endpoints."""

    cidr: str = Field(
        default="10.1.0.0/16",
        description="Address range of the VPC, a private IPv4 block of /16 to /20.",
    )
    zones: int = Field(
        default=3,
        ge=3,
        le=6,
        description="Availability zones to spread over. At least 3: GPU capacity differs per zone.",
    )
    nat: Literal["single", "per-zone"] = Field(
        default="single",
        description="`single`: one NAT gateway, cheapest, lost with its zone. "
        "`per-zone`: one in each zone, for production.",
    )
    secondary_cidr: str | None = Field(
        default=None,
        description="Second address range for nodes and pods, e.g. `100.64.0.0/16`, when private "
        "addresses are scarce. Without it nodes use `cidr`.",
        examples=["100.64.0.0/16"],
    )
    interface_endpoints: tuple[InterfaceEndpoint, ...] = Field(
        default=(),
        description="AWS services reached without NAT, each billed per zone and hour. The gateway "
        "endpoint for S3 is free and always made.",
        examples=[["ecr.api", "ecr.dkr"]],
    )
    existing: ExistingNetwork | None = Field(
        default=None,
        description="Adopt this VPC instead of making one; `cidr`, `zones`, `nat`, "
        "`secondary_cidr` and `interface_endpoints` are then not used.",
    )
