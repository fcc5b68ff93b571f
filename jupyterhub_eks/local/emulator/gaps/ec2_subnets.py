"""EC2 ``CreateSubnet``: the address checks that AWS makes and the emulator leaves out.

Without them a stack with overlapping subnets would deploy here and fail on AWS.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from jupyterhub_eks.local.emulator import stores
from jupyterhub_eks.local.emulator.gaps import ec2_cidr
from jupyterhub_eks.local.emulator.messages import ec2_error

if TYPE_CHECKING:
    from jupyterhub_eks.local.emulator.messages import AwsRequest, AwsResponse, Forward


async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
    """Refuse a subnet that AWS would refuse."""
    form = request.form
    if form.get("Action") == "CreateSubnet" and (refusal := _refusal(form)):
        return refusal
    return await forward(request)


def _refusal(form: dict[str, str]) -> AwsResponse | None:
    asked = ec2_cidr.requested(form)
    if not isinstance(asked, tuple):
        return asked
    vpc, network = asked
    cidr = form["CidrBlock"]
    inside = any(network.subnet_of(ipaddress.IPv4Network(block)) for block in ec2_cidr.blocks(vpc))
    if not inside or not 16 <= network.prefixlen <= 28:
        return ec2_error("InvalidSubnet.Range", f"The CIDR '{cidr}' is invalid.")
    for subnet in stores.subnets().values():
        same_vpc = subnet["VpcId"] == vpc["VpcId"]
        if same_vpc and network.overlaps(ipaddress.IPv4Network(subnet["CidrBlock"])):
            return ec2_error(
                "InvalidSubnet.Conflict", f"The CIDR '{cidr}' conflicts with another subnet"
            )
    return None
