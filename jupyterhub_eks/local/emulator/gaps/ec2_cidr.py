"""EC2 ``AssociateVpcCidrBlock``: a second address range on a VPC.

The range is kept in the VPC's record. Rules of AWS that are enforced: a block
is /16 to /28, overlaps no other block of the VPC, and is not removed while a
subnet uses it.
"""

from __future__ import annotations

import ipaddress
import secrets
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.local.emulator import stores
from jupyterhub_eks.local.emulator.messages import ec2_error, ec2_response

if TYPE_CHECKING:
    from jupyterhub_eks.local.emulator.messages import AwsRequest, AwsResponse, Forward

_NAMESPACE: Final = "http://ec2.amazonaws.com/doc/2016-11-15/"
_NS: Final = f"{{{_NAMESPACE}}}"
_KEY: Final = "JhubSecondaryCidrs"
_BY_ASSOCIATION: Final = "cidr-block-association.association-id"


async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
    """Answer the two association calls and show the blocks in ``DescribeVpcs``."""
    action = request.form.get("Action")
    if action == "AssociateVpcCidrBlock":
        return _associate(request.form)
    if action == "DisassociateVpcCidrBlock":
        return _disassociate(request.form)
    response = await forward(request)
    if action == "DescribeVpcs" and response.ok:
        return response.with_body(_with_blocks(response.body, _wanted(request.form)))
    return response


def blocks(vpc: dict[str, Any]) -> list[str]:
    """Return every IPv4 range of a VPC record, the primary one first."""
    return [vpc["CidrBlock"], *(entry["CidrBlock"] for entry in vpc.get(_KEY, []))]


def requested(
    form: dict[str, str],
) -> tuple[dict[str, Any], ipaddress.IPv4Network] | AwsResponse:
    """Return the VPC and the IPv4 range that a call names, or AWS's refusal."""
    vpc = stores.vpcs().get(form.get("VpcId", ""))
    if vpc is None:
        return ec2_error(
            "InvalidVpcID.NotFound", f"The vpc ID '{form.get('VpcId')}' does not exist"
        )
    cidr = form.get("CidrBlock", "")
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError:
        return ec2_error(
            "InvalidParameterValue", f"Value ({cidr}) for parameter cidrBlock is invalid."
        )
    return vpc, network


def _associate(form: dict[str, str]) -> AwsResponse:
    asked = requested(form)
    if not isinstance(asked, tuple):
        return asked
    vpc, network = asked
    cidr = form["CidrBlock"]
    if not 16 <= network.prefixlen <= 28:
        return ec2_error("InvalidVpc.Range", f"The CIDR '{cidr}' is invalid.")
    if any(network.overlaps(ipaddress.IPv4Network(other)) for other in blocks(vpc)):
        return ec2_error("InvalidVpc.Range", f"The CIDR '{cidr}' conflicts with one of the VPC.")
    entry = {"AssociationId": f"vpc-cidr-assoc-{secrets.token_hex(8)}a", "CidrBlock": cidr}
    vpc[_KEY] = [*vpc.get(_KEY, []), entry]
    return _answer("AssociateVpcCidrBlock", vpc, entry, "associating")


def _disassociate(form: dict[str, str]) -> AwsResponse:
    wanted = form.get("AssociationId", "")
    for vpc in stores.vpcs().values():
        for entry in vpc.get(_KEY, []):
            if entry["AssociationId"] != wanted:
                continue
            if _in_use(vpc["VpcId"], entry["CidrBlock"]):
                return ec2_error(
                    "DependencyViolation",
                    f"The vpc CIDR block with association ID {wanted} has dependencies",
                )
            vpc[_KEY] = [other for other in vpc[_KEY] if other is not entry]
            return _answer("DisassociateVpcCidrBlock", vpc, entry, "disassociating")
    return ec2_error(
        "InvalidVpcCidrBlockAssociationID.NotFound",
        f"The vpc CIDR block association ID '{wanted}' does not exist",
    )


def _in_use(vpc_id: str, cidr: str) -> bool:
    block = ipaddress.IPv4Network(cidr)
    return any(
        ipaddress.IPv4Network(subnet["CidrBlock"]).subnet_of(block)
        for subnet in stores.subnets().values()
        if subnet["VpcId"] == vpc_id
    )


def _answer(action: str, vpc: dict[str, Any], entry: dict[str, str], state: str) -> AwsResponse:
    return ec2_response(
        action,
        f"<vpcId>{vpc['VpcId']}</vpcId><cidrBlockAssociation>"
        f"<cidrBlock>{entry['CidrBlock']}</cidrBlock>"
        f"<associationId>{entry['AssociationId']}</associationId>"
        f"<cidrBlockState><state>{state}</state></cidrBlockState></cidrBlockAssociation>",
    )


def _wanted(form: dict[str, str]) -> set[str]:
    """Association ids that the caller filters by; the emulator ignores this filter."""
    for key, value in form.items():
        if key.endswith(".Name") and value == _BY_ASSOCIATION:
            prefix = key.removesuffix("Name") + "Value."
            return {found for name, found in form.items() if name.startswith(prefix)}
    return set()


def _with_blocks(body: bytes, wanted: set[str]) -> bytes:
    ET.register_namespace("", _NAMESPACE)
    root = ET.fromstring(body)  # noqa: S314 - the emulator's own answer
    vpc_set = root.find(f"{_NS}vpcSet")
    for item in list(vpc_set if vpc_set is not None else ()):
        record = stores.vpcs().get(item.findtext(f"{_NS}vpcId", ""), {})
        associations = item.find(f"{_NS}cidrBlockAssociationSet")
        if associations is None:
            continue
        for entry in record.get(_KEY, []):
            associations.append(_association(entry))
        ids = {node.text for node in associations.iter(f"{_NS}associationId")}
        if wanted and vpc_set is not None and not ids & wanted:
            vpc_set.remove(item)
    changed: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return changed


def _association(entry: dict[str, str]) -> ET.Element:
    item = ET.Element(f"{_NS}item")
    ET.SubElement(item, f"{_NS}cidrBlock").text = entry["CidrBlock"]
    ET.SubElement(item, f"{_NS}associationId").text = entry["AssociationId"]
    state = ET.SubElement(item, f"{_NS}cidrBlockState")
    ET.SubElement(state, f"{_NS}state").text = "associated"
    return item
