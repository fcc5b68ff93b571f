"""EC2 deletions that AWS refuses while something still depends on the resource.

The emulator would delete a subnet under a mount target or a security group that
another one names. A destroy in the wrong order has to fail here as it does there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.local.emulator import stores
from jupyterhub_eks.local.emulator.messages import ec2_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyterhub_eks.local.emulator.messages import AwsRequest, AwsResponse, Forward


async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
    """Answer ``DependencyViolation`` where AWS does."""
    form = request.form
    check = _CHECKS.get(form.get("Action", ""))
    if check and (user := next(check(form), None)):
        return ec2_error("DependencyViolation", f"resource has a dependent object: {user}")
    return await forward(request)


def _uses_subnet(form: dict[str, str]) -> Iterator[str]:
    subnet = form.get("SubnetId", "")
    for key, gateway in stores.nat_gateways().items():
        if gateway["SubnetId"] == subnet and gateway["State"] != "deleted":
            yield key
    for key, endpoint in stores.vpc_endpoints().items():
        if subnet in endpoint.get("SubnetIds", ()):
            yield key
    for key, target in stores.mount_targets().items():
        if target["SubnetId"] == subnet:
            yield key
    yield from (
        f"EKS cluster {name}"
        for name, cluster in stores.clusters().items()
        if subnet in cluster["resourcesVpcConfig"]["subnetIds"]
    )
    yield from (
        key
        for key, interface in stores.network_interfaces().items()
        if interface.get("SubnetId") == subnet
    )


def _uses_security_group(form: dict[str, str]) -> Iterator[str]:
    group = form.get("GroupId", "")
    for key, other in stores.security_groups().items():
        if key != group and group in _referenced(other):
            yield key
    for key, endpoint in stores.vpc_endpoints().items():
        if group in endpoint.get("JhubSecurityGroupIds", ()):
            yield key
    for key, target in stores.mount_targets().items():
        if group in target.get("SecurityGroups", ()):
            yield key
    for name, cluster in stores.clusters().items():
        network = cluster["resourcesVpcConfig"]
        if group in (network["clusterSecurityGroupId"], *network["securityGroupIds"]):
            yield f"EKS cluster {name}"


def _referenced(group: dict[str, object]) -> set[str]:
    """Ids of the groups that a group's rules name."""
    found: set[str] = set()
    for direction in ("IpPermissions", "IpPermissionsEgress"):
        rules = group.get(direction)
        for rule in rules if isinstance(rules, list) else ():
            found.update(pair.get("GroupId", "") for pair in rule.get("UserIdGroupPairs", ()))
    return found


def _uses_vpc(form: dict[str, str]) -> Iterator[str]:
    vpc = form.get("VpcId", "")
    for key, endpoint in stores.vpc_endpoints().items():
        if endpoint["VpcId"] == vpc:
            yield key


def _uses_gateway(form: dict[str, str]) -> Iterator[str]:
    """A public NAT gateway holds the VPC's internet gateway."""
    vpc = form.get("VpcId", "")
    for key, gateway in stores.nat_gateways().items():
        public = gateway.get("ConnectivityType", "public") == "public"
        if gateway["VpcId"] == vpc and gateway["State"] != "deleted" and public:
            yield key


_CHECKS: Final[dict[str, Callable[[dict[str, str]], Iterator[str]]]] = {
    "DeleteSubnet": _uses_subnet,
    "DeleteSecurityGroup": _uses_security_group,
    "DeleteVpc": _uses_vpc,
    "DetachInternetGateway": _uses_gateway,
}
