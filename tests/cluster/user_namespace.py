"""A namespace with what pods of users refer to, as the charts of stack ``hub`` make it."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from lightkube.codecs import from_dict
from lightkube.resources.core_v1 import (
    Namespace,
    PersistentVolume,
    PersistentVolumeClaim,
    ServiceAccount,
)
from lightkube.resources.scheduling_v1 import PriorityClass

from jupyterhub_eks.releases.z2jh.names import HOME_CLAIM, SHARED_CLAIM
from tests.cluster.waiting import wait_for
from tests.support.hub_configuration import PRIORITY, PRIORITY_CLASS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lightkube import Client

_CLAIMS: Final = (HOME_CLAIM, SHARED_CLAIM)
_MARK: Final = "jhub.test/namespace"
_VOLUME: Final = {"accessModes": ["ReadWriteMany"], "storageClassName": ""}
_SIZE: Final = {"storage": "1Gi"}


@contextmanager
def user_namespace(client: Client) -> Iterator[str]:
    """Have a namespace with bound claims and an account, and the class of priority of its pods."""
    name = f"jhub-users-{uuid.uuid4().hex[:8]}"
    try:
        client.apply(from_dict(_priority_class()), force=True)
        client.create(
            from_dict({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        )
        _add_volumes(client, name)
        wait_for(lambda: list(client.list(ServiceAccount, namespace=name)), "there is an account")
        yield name
    finally:
        client.delete(Namespace, name)
        for claim in _CLAIMS:
            client.delete(PersistentVolume, f"{name}-{claim}")
        client.delete(PriorityClass, PRIORITY_CLASS)


def _add_volumes(client: Client, namespace: str) -> None:
    for claim in _CLAIMS:
        client.create(from_dict(_volume(namespace, claim)))
    # A claim of a volume that the controller does not know yet is looked at again only 15 s later.
    marked = {_MARK: namespace}
    wait_for(
        lambda: _phases(client.list(PersistentVolume, labels=marked)) == {"Available"},
        "volumes are known",
    )
    for claim in _CLAIMS:
        client.create(from_dict(_claim(namespace, claim)))
    wait_for(
        lambda: _phases(client.list(PersistentVolumeClaim, namespace=namespace)) == {"Bound"},
        "claims are bound",
    )


def _priority_class() -> dict[str, Any]:
    return {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": PRIORITY_CLASS},
        "value": PRIORITY,
    }


def _volume(namespace: str, claim: str) -> dict[str, Any]:
    name = f"{namespace}-{claim}"
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "labels": {_MARK: namespace}},
        "spec": {
            **_VOLUME,
            "capacity": _SIZE,
            "csi": {"driver": "efs.csi.aws.com", "volumeHandle": f"fs-1::{name}"},
            "claimRef": {"name": claim, "namespace": namespace},
        },
    }


def _claim(namespace: str, claim: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": claim, "namespace": namespace, "labels": {_MARK: namespace}},
        "spec": {
            **_VOLUME,
            "volumeName": f"{namespace}-{claim}",
            "resources": {"requests": _SIZE},
        },
    }


def _phases(found: Iterable[Any]) -> set[str | None]:
    return {each.status and each.status.phase for each in found}
