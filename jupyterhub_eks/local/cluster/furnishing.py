"""What AWS would bring into a new cluster, made by hand on this machine.

EKS starts the system nodes, and the EBS driver makes a volume for a claim. Here kwok
stands in for the nodes, and one volume without a disk is kept ready for the hub's
database. Nothing else of a cluster is stood in for.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.local.cluster.nodes import FakeNode, add_node

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lightkube import Client

_VOLUME: Final = "stand-in-for-ebs"
# Larger than any claim of the hub: a claim takes a volume that is at least its size.
_VOLUME_SIZE: Final = "100Gi"
_GONE_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.2


@dataclass(frozen=True, kw_only=True)
class Furnishing:
    """What a cluster is given.

    Attributes:
        nodes: How many system nodes.
        labels: Labels of theirs.
        storage_class: Class of the volume.
    """

    nodes: int
    labels: Mapping[str, str] = field(default_factory=dict)
    storage_class: str


def furnish(client: Client, wanted: Furnishing) -> None:
    """Bring the nodes and the volume; what is there already stays.

    Raises:
        lightkube.ApiError: The API refuses it.
    """
    for number in range(1, wanted.nodes + 1):
        add_node(client, FakeNode(name=f"system-{number}", labels=wanted.labels))
    _keep_volume(client, wanted.storage_class)


def _keep_volume(client: Client, storage_class: str) -> None:
    """Keep one volume free: a volume whose claim has gone is not given to another."""
    from lightkube.codecs import from_dict  # noqa: PLC0415 - slow to load, seldom needed
    from lightkube.core.exceptions import ApiError  # noqa: PLC0415 - as above
    from lightkube.resources.core_v1 import PersistentVolume  # noqa: PLC0415 - as above

    try:
        found = client.get(PersistentVolume, _VOLUME)
    except ApiError as error:
        if error.status.code != 404:
            raise
    else:
        if found.status is None or found.status.phase != "Released":
            return
        client.delete(PersistentVolume, _VOLUME)
    deadline = time.monotonic() + _GONE_SECONDS
    while True:
        try:
            client.create(from_dict(_volume(storage_class)))
        except ApiError as error:
            # What is being deleted is still in the way for a moment.
            if error.status.code != 409 or time.monotonic() > deadline:
                raise
            time.sleep(_POLL_SECONDS)
        else:
            return


def _volume(storage_class: str) -> dict[str, Any]:
    spec = {
        "capacity": {"storage": _VOLUME_SIZE},
        "accessModes": ["ReadWriteOnce"],
        "persistentVolumeReclaimPolicy": "Retain",
        "storageClassName": storage_class,
        # Nodes that are none never look into it.
        "hostPath": {"path": "/none"},
    }
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": _VOLUME},
        "spec": spec,
    }
