"""EKS clusters: described with the API that really answers for them on this machine.

The emulator invents an endpoint at which nothing listens. Where a control plane has been
started for a cluster, its address and authority take that place.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.local.cluster.address import address
from jupyterhub_eks.local.emulator.messages import json_response
from jupyterhub_eks.local.environment import PLANES_IN

if TYPE_CHECKING:
    from jupyterhub_eks.local.emulator.messages import AwsRequest, AwsResponse, Forward

_ONE: Final = re.compile(r"/clusters/(?P<cluster>[^/]+)")


async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
    """Answer ``DescribeCluster`` with the address of the cluster's control plane."""
    found = _ONE.fullmatch(request.path)
    response = await forward(request)
    folder = os.environ.get(PLANES_IN)
    if request.method != "GET" or found is None or not response.ok or not folder:
        return response
    plane = address(Path(folder), found["cluster"])
    if plane is None:
        return response
    cluster = response.json["cluster"]
    authority = {"data": plane.certificate_authority}
    described = {**cluster, "endpoint": plane.endpoint, "certificateAuthority": authority}
    return json_response({"cluster": described})
