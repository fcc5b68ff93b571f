"""A namespace that something holds, as a controller does that no longer runs."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lightkube.codecs import from_dict
from lightkube.resources.core_v1 import ConfigMap, Namespace

from tests.cluster.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lightkube import Client

HOLD = "example.org/hold"


@contextmanager
def stuck_namespace(client: Client) -> Iterator[str]:
    """Yield the name of one that is being deleted and does not go before the end."""
    name = f"jhub-stuck-{uuid.uuid4().hex[:8]}"
    client.create(from_dict({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}))
    metadata = {"name": "held", "namespace": name, "finalizers": [HOLD]}
    client.create(from_dict({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}))
    client.delete(Namespace, name)
    try:
        wait_for(lambda: HOLD in _said(client, name), f"Kubernetes says what holds {name}")
        yield name
    finally:
        client.patch(ConfigMap, "held", {"metadata": {"finalizers": None}}, namespace=name)


def _said(client: Client, name: str) -> str:
    status = client.get(Namespace, name).status
    return " ".join(each.message or "" for each in (status.conditions if status else None) or [])
