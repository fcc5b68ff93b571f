"""EKS add-ons: versions are checked and Pod Identity associations really made.

The emulator takes any version and echoes the wanted associations; AWS refuses a
version that does not fit, creates associations that the add-on owns, answers
with their ARNs, and removes them with the add-on.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.local.emulator import stores
from jupyterhub_eks.local.emulator.gaps import eks_addon_versions
from jupyterhub_eks.local.emulator.gaps.eks_updates import remember
from jupyterhub_eks.local.emulator.messages import json_error, json_response

if TYPE_CHECKING:
    from jupyterhub_eks.local.emulator.messages import AwsRequest, AwsResponse, Forward

_CREATE: Final = re.compile(r"/clusters/(?P<cluster>[^/]+)/addons")
_UPDATE: Final = re.compile(r"/clusters/(?P<cluster>[^/]+)/addons/(?P<addon>[^/]+)/update")
_ONE: Final = re.compile(r"/clusters/(?P<cluster>[^/]+)/addons/(?P<addon>[^/]+)")


async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
    """Create, update and delete add-ons as EKS does."""
    if request.method == "POST" and (found := _CREATE.fullmatch(request.path)):
        return await _create(request, forward, found["cluster"])
    if request.method == "POST" and (found := _UPDATE.fullmatch(request.path)):
        return await _update(request, forward, found["cluster"], found["addon"])
    if request.method == "DELETE" and (found := _ONE.fullmatch(request.path)):
        key = f"{found['cluster']}/{found['addon']}"
        owned = list(stores.addons().get(key, {}).get("podIdentityAssociations", ()))
        response = await forward(request)
        if response.ok:
            await _disown(request, forward, found["cluster"], owned)
        return response
    return await forward(request)


def _refusal(cluster: str, addon: str, version: str) -> AwsResponse | None:
    record = stores.clusters().get(cluster)
    if record is None:
        return None  # the emulator itself answers that the cluster does not exist
    minor = record["version"]
    if not eks_addon_versions.versions(addon, minor):
        return json_error(
            400, "InvalidParameterException", f"Addon {addon} specified is not supported"
        )
    if version and version not in eks_addon_versions.versions(addon, minor):
        return json_error(
            400,
            "InvalidParameterException",
            f"Addon version specified is not supported: {addon} {version} on {minor}",
        )
    return None


async def _create(request: AwsRequest, forward: Forward, cluster: str) -> AwsResponse:
    body = request.json
    addon, version = body.get("addonName", ""), body.get("addonVersion", "")
    if refusal := _refusal(cluster, addon, version):
        return refusal
    wanted = body.pop("podIdentityAssociations", None) or []
    if not version and cluster in stores.clusters():
        body["addonVersion"] = eks_addon_versions.default_version(
            addon, stores.clusters()[cluster]["version"]
        )
    response = await forward(request.with_json(body))
    if not response.ok:
        return response
    record = stores.addons()[f"{cluster}/{addon}"]
    made = await _own(request, forward, record, wanted)
    if isinstance(made, list):
        record["podIdentityAssociations"] = made
        return json_response({"addon": record})
    await forward(request.to("eks", "DELETE", f"/clusters/{cluster}/addons/{addon}"))
    return made


async def _update(request: AwsRequest, forward: Forward, cluster: str, addon: str) -> AwsResponse:
    body = request.json
    if refusal := _refusal(cluster, addon, body.get("addonVersion") or ""):
        return refusal
    wanted = body.pop("podIdentityAssociations", None)
    response = await forward(request.with_json(body))
    if not response.ok:
        return response
    record = stores.addons()[f"{cluster}/{addon}"]
    if wanted is not None:
        await _disown(request, forward, cluster, record["podIdentityAssociations"])
        made = await _own(request, forward, record, wanted)
        if not isinstance(made, list):
            return made
        record["podIdentityAssociations"] = made
    remember(cluster, response.json["update"])
    return response


async def _own(
    request: AwsRequest, forward: Forward, addon: dict[str, Any], wanted: list[dict[str, Any]]
) -> list[str] | AwsResponse:
    """Make the associations and return their ARNs, or the refusal of one."""
    made: list[str] = []
    path = f"/clusters/{addon['clusterName']}/pod-identity-associations"
    for association in wanted:
        body = {**association, "namespace": "kube-system"}
        answer = await forward(request.to("eks", "POST", path, json.dumps(body).encode()))
        if not answer.ok:
            await _disown(request, forward, addon["clusterName"], made)
            return answer
        record = answer.json["association"]
        stores.pod_identity_association(addon["clusterName"], record["associationId"])[
            "ownerArn"
        ] = addon["addonArn"]
        made.append(record["associationArn"])
    return made


async def _disown(request: AwsRequest, forward: Forward, cluster: str, arns: list[str]) -> None:
    for arn in arns:
        path = f"/clusters/{cluster}/pod-identity-associations/{arn.rpartition('/')[2]}"
        await forward(request.to("eks", "DELETE", path))
