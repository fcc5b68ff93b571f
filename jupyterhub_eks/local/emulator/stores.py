"""The only place that reaches into ``ministack``'s stores.

A gap's state lives inside the records of the resource that it belongs to, so
that it is saved, restored and removed together with it. ``ministack`` is pinned
to one exact version, and the tests of the gaps fail if a store is renamed.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from jupyterhub_eks.local.emulator.messages import AwsRequest


def enter_scope(request: AwsRequest) -> None:
    """Select the caller's account and region, as every store is split by them."""
    from ministack.core import responses  # noqa: PLC0415 - after the environment is set

    responses.set_request_account_id(request.access_key)
    responses.set_request_region(request.region)


def _store(module: str, name: str) -> MutableMapping[str, dict[str, Any]]:
    found: MutableMapping[str, dict[str, Any]] = getattr(
        importlib.import_module(f"ministack.services.{module}"), name
    )
    return found


def vpcs() -> MutableMapping[str, dict[str, Any]]:
    """VPC records by id."""
    return _store("ec2", "_vpcs")


def subnets() -> MutableMapping[str, dict[str, Any]]:
    """Subnet records by id."""
    return _store("ec2", "_subnets")


def security_groups() -> MutableMapping[str, dict[str, Any]]:
    """Security-group records by id."""
    return _store("ec2", "_security_groups")


def nat_gateways() -> MutableMapping[str, dict[str, Any]]:
    """NAT-gateway records by id."""
    return _store("ec2", "_nat_gateways")


def addresses() -> MutableMapping[str, dict[str, Any]]:
    """Elastic IP addresses by allocation id."""
    return _store("ec2", "_addresses")


def vpc_endpoints() -> MutableMapping[str, dict[str, Any]]:
    """VPC-endpoint records by id."""
    return _store("ec2", "_vpc_endpoints")


def network_interfaces() -> MutableMapping[str, dict[str, Any]]:
    """Network-interface records by id."""
    return _store("ec2", "_network_interfaces")


def launch_templates() -> MutableMapping[str, dict[str, Any]]:
    """Launch-template records by id."""
    return _store("ec2", "_launch_templates")


def clusters() -> MutableMapping[str, dict[str, Any]]:
    """EKS clusters by name."""
    return _store("eks", "_clusters")


def node_groups() -> MutableMapping[str, dict[str, Any]]:
    """EKS node groups by ``cluster/name``."""
    return _store("eks", "_nodegroups")


def addons() -> MutableMapping[str, dict[str, Any]]:
    """EKS add-ons by ``cluster/name``."""
    return _store("eks", "_addons")


def file_systems() -> MutableMapping[str, dict[str, Any]]:
    """EFS file systems by id."""
    return _store("efs", "_file_systems")


def mount_targets() -> MutableMapping[str, dict[str, Any]]:
    """EFS mount targets by id."""
    return _store("efs", "_mount_targets")


def pod_identity_association(cluster: str, association_id: str) -> dict[str, Any]:
    """One Pod Identity association of a cluster."""
    key: str = vars(importlib.import_module("ministack.services.eks"))["_pia_key"](
        cluster, association_id
    )
    return _store("eks", "_pod_identity_associations")[key]


def offer_endpoint_services(names: tuple[str, ...]) -> None:
    """Add services to those that a VPC endpoint can be made for."""
    ec2 = vars(importlib.import_module("ministack.services.ec2"))
    offered = ec2["_VPCE_INTERFACE_SERVICES"]
    missing = tuple(name for name in names if name not in offered)
    ec2["_VPCE_INTERFACE_SERVICES"] = (*offered, *missing)


def user_pools() -> MutableMapping[str, dict[str, Any]]:
    """Cognito user pools by id, of the selected account and region."""
    return _store("cognito", "_user_pools")


def cognito(name: str, *arguments: Any) -> Any:
    """Call a function of the emulator's Cognito, or return one of its values.

    Args:
        name: Name in the emulator's module.
        arguments: Of the function.
    """
    found = vars(importlib.import_module("ministack.services.cognito"))[name]
    return found(*arguments) if callable(found) else found
