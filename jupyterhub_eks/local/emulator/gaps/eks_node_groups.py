"""EKS node groups: launch template and update settings are kept, changes work.

Two effects of AWS that a stack can trip over are copied: a node group in an API
mode cluster makes the access entry of its node role, and Amazon Linux 2 images
do not exist for the supported versions.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from jupyterhub_eks.local.emulator import stores
from jupyterhub_eks.local.emulator.gaps import eks_updates
from jupyterhub_eks.local.emulator.messages import json_error, json_response
from jupyterhub_eks.versions import AL2023_IMAGE

if TYPE_CHECKING:
    from jupyterhub_eks.local.emulator.messages import AwsRequest, AwsResponse, Forward

_CREATE: Final = re.compile(r"/clusters/(?P<cluster>[^/]+)/node-groups")
_CHANGE: Final = re.compile(
    r"/clusters/(?P<cluster>[^/]+)/node-groups/(?P<group>[^/]+)/(?P<what>update-config|update-version)"
)
_ONE: Final = re.compile(r"/clusters/(?P<cluster>[^/]+)/node-groups/(?P<group>[^/]+)")
_DEFAULT_IMAGE: Final = "AL2023_x86_64_STANDARD"


async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
    """Create, change and delete node groups as EKS does."""
    if request.method == "POST" and (found := _CREATE.fullmatch(request.path)):
        return await _create(request, forward, found["cluster"])
    if request.method == "POST" and (found := _CHANGE.fullmatch(request.path)):
        return _change(found["cluster"], found["group"], found["what"], request.json)
    if request.method == "DELETE" and (found := _ONE.fullmatch(request.path)):
        record = stores.node_groups().get(f"{found['cluster']}/{found['group']}", {})
        response = await forward(request)
        if response.ok:
            await _drop_entry(request, forward, found["cluster"], record)
        return response
    return await forward(request)


def _release(minor: str) -> str:
    """Return the newest image release of a minor version: that which user nodes are given."""
    return f"{minor}.0-{AL2023_IMAGE.removeprefix('v')}"


def _template(wanted: dict[str, Any]) -> dict[str, str] | None:
    """Return a launch template as EKS shows it, or None if it does not exist."""
    for key, template in stores.launch_templates().items():
        if key == wanted.get("id") or template["LaunchTemplateName"] == wanted.get("name"):
            version = wanted.get("version") or template["DefaultVersionNumber"]
            known = {str(entry["VersionNumber"]) for entry in template["Versions"]}
            if str(version) in known:
                name = template["LaunchTemplateName"]
                return {"id": key, "name": name, "version": str(version)}
    return None


def _refusal(body: dict[str, Any]) -> str:
    scaling = body.get("scalingConfig") or {"minSize": 1, "maxSize": 2, "desiredSize": 2}
    if not scaling["minSize"] <= scaling["desiredSize"] <= scaling["maxSize"]:
        return "Minimum capacity, desired capacity and maximum capacity are not in order"
    if any(key not in stores.subnets() for key in body.get("subnets", ())):
        return "The subnet ID of at least one subnet does not exist"
    if str(body.get("amiType", "")).startswith("AL2_"):
        return "Requested Nodegroup AMI type is not supported for this Kubernetes version"
    wanted = body.get("launchTemplate")
    if wanted and _template(wanted) is None:
        return f"Launch template {wanted} does not exist"
    if wanted and body.get("diskSize"):
        return "Disk size must be specified within the launch template"
    return ""


async def _create(request: AwsRequest, forward: Forward, cluster: str) -> AwsResponse:
    body = request.json
    if reason := _refusal(body):
        return json_error(400, "InvalidParameterException", reason)
    response = await forward(request)
    if not response.ok:
        return response
    record = stores.node_groups()[f"{cluster}/{body['nodegroupName']}"]
    record["amiType"] = body.get("amiType") or _DEFAULT_IMAGE
    record["releaseVersion"] = body.get("releaseVersion") or _release(record["version"])
    record["updateConfig"] = body.get("updateConfig") or {"maxUnavailable": 1}
    record["resources"].pop("remoteAccessSecurityGroup", None)
    if body.get("nodeRepairConfig"):
        record["nodeRepairConfig"] = body["nodeRepairConfig"]
    if wanted := body.get("launchTemplate"):
        record["launchTemplate"] = _template(wanted)
        record.pop("diskSize", None)
    await _make_entry(request, forward, cluster, record)
    return json_response({"nodegroup": {**record, "status": "CREATING"}})


def _uses_entries(cluster: str) -> bool:
    access = stores.clusters().get(cluster, {}).get("accessConfig", {})
    return "API" in access.get("authenticationMode", "")


async def _make_entry(
    request: AwsRequest, forward: Forward, cluster: str, group: dict[str, Any]
) -> None:
    if not _uses_entries(cluster):
        return
    body = {"principalArn": group["nodeRole"], "type": "EC2_LINUX"}
    answer = await forward(
        request.to("eks", "POST", f"/clusters/{cluster}/access-entries", json.dumps(body).encode())
    )
    group["_jhub_made_entry"] = answer.ok


async def _drop_entry(
    request: AwsRequest, forward: Forward, cluster: str, group: dict[str, Any]
) -> None:
    role = group.get("nodeRole", "")
    others = [
        other
        for key, other in stores.node_groups().items()
        if key.startswith(f"{cluster}/") and other["nodeRole"] == role
    ]
    if group.get("_jhub_made_entry") and not others:
        path = f"/clusters/{cluster}/access-entries/{quote(role, safe='')}"
        await forward(request.to("eks", "DELETE", path))


def _change(cluster: str, name: str, what: str, body: dict[str, Any]) -> AwsResponse:
    group = stores.node_groups().get(f"{cluster}/{name}")
    if group is None:
        return json_error(
            404, "ResourceNotFoundException", f"No node group found for name: {name}."
        )
    if what == "update-version":
        return _change_version(cluster, group, body)
    scaling = {**group["scalingConfig"], **(body.get("scalingConfig") or {})}
    if reason := _refusal({"scalingConfig": scaling}):
        return json_error(400, "InvalidParameterException", reason)
    group["scalingConfig"] = scaling
    labels = body.get("labels") or {}
    removed = set(labels.get("removeLabels") or ())
    kept = {key: value for key, value in group["labels"].items() if key not in removed}
    group["labels"] = {**kept, **(labels.get("addOrUpdateLabels") or {})}
    group["taints"] = _changed_taints(group["taints"], body.get("taints") or {})
    for key in ("updateConfig", "nodeRepairConfig"):
        if body.get(key):
            group[key] = body[key]
    return eks_updates.new(cluster, "ConfigUpdate")


def _changed_taints(current: list[dict[str, str]], change: dict[str, Any]) -> list[dict[str, str]]:
    def identity(taint: dict[str, str]) -> tuple[str, str]:
        return taint["key"], taint["effect"]

    gone = {identity(taint) for taint in change.get("removeTaints") or ()}
    added = change.get("addOrUpdateTaints") or []
    gone |= {identity(taint) for taint in added}
    return [taint for taint in current if identity(taint) not in gone] + list(added)


def _change_version(cluster: str, group: dict[str, Any], body: dict[str, Any]) -> AwsResponse:
    minor = body.get("version") or group["version"]
    if minor not in (group["version"], stores.clusters()[cluster]["version"]):
        return json_error(
            400,
            "InvalidParameterException",
            f"Requested Kubernetes version {minor} is not the cluster's",
        )
    if wanted := body.get("launchTemplate"):
        template = _template(wanted)
        if template is None:
            return json_error(
                400, "InvalidParameterException", f"Launch template {wanted} does not exist"
            )
        group["launchTemplate"] = template
    group["version"] = minor
    group["releaseVersion"] = body.get("releaseVersion") or _release(minor)
    return eks_updates.new(cluster, "VersionUpdate")
