"""EC2 NAT gateways: the address that one was made with.

The emulator shows none, so that Terraform would replace a gateway that it imports.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.local.emulator import stores

if TYPE_CHECKING:
    from jupyterhub_eks.local.emulator.messages import AwsRequest, AwsResponse, Forward

_NAMESPACE: Final = "http://ec2.amazonaws.com/doc/2016-11-15/"
_NS: Final = f"{{{_NAMESPACE}}}"


async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
    """Show the address in what ``CreateNatGateway`` and ``DescribeNatGateways`` answer."""
    response = await forward(request)
    if not response.ok or request.form.get("Action") not in {
        "CreateNatGateway",
        "DescribeNatGateways",
    }:
        return response
    ET.register_namespace("", _NAMESPACE)
    root = ET.fromstring(response.body)  # noqa: S314 - the emulator's own answer
    for element in root.iter():
        key = element.findtext(f"{_NS}natGatewayId")
        addresses = element.find(f"{_NS}natGatewayAddressSet")
        if key is not None and addresses is not None and not len(addresses):
            _show(addresses, stores.nat_gateways()[key].get("AllocationId", ""))
    return response.with_body(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _show(addresses: ET.Element, allocation: str) -> None:
    if not allocation:  # a private gateway has none
        return
    item = ET.SubElement(addresses, f"{_NS}item")
    ET.SubElement(item, f"{_NS}allocationId").text = allocation
    ET.SubElement(item, f"{_NS}isPrimary").text = "true"
    ET.SubElement(item, f"{_NS}status").text = "succeeded"
    public = stores.addresses().get(allocation, {}).get("PublicIp")
    if public:
        ET.SubElement(item, f"{_NS}publicIp").text = public
