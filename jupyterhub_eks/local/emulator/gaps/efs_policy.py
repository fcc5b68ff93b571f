"""EFS file-system policies are returned as they were given.

The emulator adds an ``Id`` and a ``Sid`` to each statement, as an example in the
API reference happens to show; Terraform takes that for a change at every plan.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.local.emulator import stores
from jupyterhub_eks.local.emulator.messages import json_response

if TYPE_CHECKING:
    from jupyterhub_eks.local.emulator.messages import AwsRequest, AwsResponse, Forward

_PATH: Final = re.compile(r"/2015-02-01/file-systems/(?P<id>[^/]+)/policy")


async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
    """Keep the text of ``PutFileSystemPolicy`` once the emulator has accepted it."""
    response = await forward(request)
    found = _PATH.fullmatch(request.path)
    if not found or request.method != "PUT" or not response.ok:
        return response
    record = stores.file_systems()[found["id"]]
    record["FileSystemPolicy"] = request.json["Policy"]
    return json_response({**response.json, "Policy": record["FileSystemPolicy"]})
