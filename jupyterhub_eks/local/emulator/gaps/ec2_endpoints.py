"""EC2 VPC endpoints: every service that AWS offers, and nothing forgotten.

The emulator does not offer the services that an EKS node needs, and forgets
security groups, private DNS and policy, which Terraform takes for a change at
every plan.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.local.emulator import stores

if TYPE_CHECKING:
    from jupyterhub_eks.local.emulator.messages import AwsRequest, AwsResponse, Forward

_NAMESPACE: Final = "http://ec2.amazonaws.com/doc/2016-11-15/"
_NS: Final = f"{{{_NAMESPACE}}}"

# Offered in every region (AWS PrivateLink guide, "AWS services that integrate").
_SERVICES: Final = ("eks", "eks-auth", "elasticfilesystem", "elasticloadbalancing", "autoscaling")


async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
    """Remember what ``CreateVpcEndpoint`` and ``ModifyVpcEndpoint`` say; show it."""
    action = request.form.get("Action")
    if action == "DescribeVpcEndpointServices":
        stores.offer_endpoint_services(_SERVICES)
    response = await forward(request)
    if not response.ok or action not in {
        "CreateVpcEndpoint",
        "ModifyVpcEndpoint",
        "DescribeVpcEndpoints",
    }:
        return response
    if action == "ModifyVpcEndpoint":
        _modify(stores.vpc_endpoints()[request.form["VpcEndpointId"]], request.form)
        return response
    ET.register_namespace("", _NAMESPACE)
    root = ET.fromstring(response.body)  # noqa: S314 - the emulator's own answer
    for element in root.iter():
        key = element.findtext(f"{_NS}vpcEndpointId")
        if key is None:
            continue
        record = stores.vpc_endpoints()[key]
        if action == "CreateVpcEndpoint":
            _create(record, request.form)
        _show(element, record)
    return response.with_body(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _members(form: dict[str, str], name: str) -> list[str]:
    """Return the values of ``Name.1``, ``Name.2`` and so on."""
    return [value for key, value in form.items() if key.rpartition(".")[0] == name]


def _create(record: dict[str, Any], form: dict[str, str]) -> None:
    record["JhubSecurityGroupIds"] = _members(form, "SecurityGroupId")
    record["JhubPrivateDns"] = form.get("PrivateDnsEnabled", "false")
    if "PolicyDocument" in form:
        record["JhubPolicy"] = form["PolicyDocument"]


def _modify(record: dict[str, Any], form: dict[str, str]) -> None:
    removed = set(_members(form, "RemoveSecurityGroupId"))
    kept = [group for group in record.get("JhubSecurityGroupIds", []) if group not in removed]
    record["JhubSecurityGroupIds"] = [*kept, *_members(form, "AddSecurityGroupId")]
    if "PrivateDnsEnabled" in form:
        record["JhubPrivateDns"] = form["PrivateDnsEnabled"]
    if "PolicyDocument" in form:
        record["JhubPolicy"] = form["PolicyDocument"]
    if form.get("ResetPolicy") == "true":
        record.pop("JhubPolicy", None)


def _show(element: ET.Element, record: dict[str, Any]) -> None:
    for name in ("groupSet", "privateDnsEnabled"):
        if (stale := element.find(f"{_NS}{name}")) is not None:
            element.remove(stale)
    groups = ET.SubElement(element, f"{_NS}groupSet")
    for group in record.get("JhubSecurityGroupIds", []):
        item = ET.SubElement(groups, f"{_NS}item")
        ET.SubElement(item, f"{_NS}groupId").text = group
    ET.SubElement(element, f"{_NS}privateDnsEnabled").text = record.get("JhubPrivateDns", "false")
    if policy := record.get("JhubPolicy"):
        if (stale := element.find(f"{_NS}policyDocument")) is not None:
            element.remove(stale)
        ET.SubElement(element, f"{_NS}policyDocument").text = policy
