"""EKS updates: every change of a cluster, node group or add-on has one, asked for by id.

They are kept in the cluster's record under a key that EKS answers do not show.
Each is finished when it is answered: a stand-in has nothing to wait for.
"""

from __future__ import annotations

import time
import uuid
from typing import Any, Final

from jupyterhub_eks.local.emulator import stores
from jupyterhub_eks.local.emulator.messages import AwsResponse, json_error, json_response

_KEY: Final = "_jhub_updates"


def new(cluster: str, kind: str, params: dict[str, str] | None = None) -> AwsResponse:
    """Record a finished update and answer with it."""
    update = {
        "id": str(uuid.uuid4()),
        "status": "Successful",
        "type": kind,
        "params": [{"type": key, "value": value} for key, value in (params or {}).items()],
        "createdAt": time.time(),
        "errors": [],
    }
    remember(cluster, update)
    return json_response({"update": update})


def remember(cluster: str, update: dict[str, Any]) -> None:
    """Keep an update so that it can be described."""
    record = stores.clusters()[cluster]
    record[_KEY] = {**record.get(_KEY, {}), update["id"]: update}


def describe(cluster: str, update_id: str) -> AwsResponse:
    """Answer ``DescribeUpdate``."""
    update = stores.clusters().get(cluster, {}).get(_KEY, {}).get(update_id)
    if update is None:
        return json_error(404, "ResourceNotFoundException", f"No update found for ID: {update_id}")
    return json_response({"update": update})
