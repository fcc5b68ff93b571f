"""What pods of users refer to, made in a cluster whose nodes are simulated."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lightkube import Client

MARK: Final = "jhub/users-of"
_VOLUME: Final = {"accessModes": ["ReadWriteMany"], "storageClassName": ""}
_SIZE: Final = {"storage": "1Gi"}
_SETTLE_SECONDS: Final = 90.0
_POLL_SECONDS: Final = 0.1


def priority_class(name: str, value: int) -> dict[str, Any]:
    """Return the class of priority of users' pods."""
    return {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": name},
        "value": value,
    }


def namespace(name: str, labels: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return a namespace."""
    metadata = {"name": name, "labels": dict(labels or {})}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def add_claims(client: Client, namespace: str, claims: Iterable[str]) -> None:
    """Make claims, each bound to a volume of its own that no node ever mounts.

    Raises:
        TimeoutError: They are not bound in time.
        lightkube.ApiError: The API refuses one.
    """
    from lightkube.codecs import from_dict  # noqa: PLC0415 - slow to load, seldom needed
    from lightkube.resources.core_v1 import (  # noqa: PLC0415 - as above
        PersistentVolume,
        PersistentVolumeClaim,
    )

    wanted = tuple(claims)
    for claim in wanted:
        client.create(from_dict(_volume(namespace, claim)))
    # A claim of a volume that the controller does not know yet is looked at again only 15 s later.
    _until(
        lambda: _phases(client.list(PersistentVolume, labels={MARK: namespace})) <= {"Available"},
        "the volumes are not known to the cluster",
    )
    for claim in wanted:
        client.create(from_dict(_claim(namespace, claim)))
    _until(
        lambda: _phases(client.list(PersistentVolumeClaim, namespace=namespace)) <= {"Bound"},
        "the claims are not bound",
    )


def await_account(client: Client, namespace: str) -> None:
    """Wait for the account of a new namespace, without which no pod is admitted.

    Raises:
        TimeoutError: There is none in time.
    """
    from lightkube.resources.core_v1 import ServiceAccount  # noqa: PLC0415 - as above

    _until(
        lambda: any(client.list(ServiceAccount, namespace=namespace)),
        f"there is no account in the namespace {namespace}",
    )


def remove_volumes(client: Client, namespace: str) -> None:
    """Delete the volumes of claims that were made; they belong to no namespace."""
    from lightkube.resources.core_v1 import PersistentVolume  # noqa: PLC0415 - as above

    for each in list(client.list(PersistentVolume, labels={MARK: namespace})):
        if each.metadata and each.metadata.name:
            client.delete(PersistentVolume, each.metadata.name)


def _volume(namespace: str, claim: str) -> dict[str, Any]:
    name = f"{namespace}-{claim}"
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "labels": {MARK: namespace}},
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
        "metadata": {"name": claim, "namespace": namespace, "labels": {MARK: namespace}},
        "spec": {
            **_VOLUME,
            "volumeName": f"{namespace}-{claim}",
            "resources": {"requests": _SIZE},
        },
    }


def _phases(found: Iterable[Any]) -> set[str | None]:
    return {each.status and each.status.phase for each in found}


def _until(holds: Callable[[], bool], failure: str) -> None:
    deadline = time.monotonic() + _SETTLE_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{failure} after {_SETTLE_SECONDS:.0f} s")
        time.sleep(_POLL_SECONDS)
