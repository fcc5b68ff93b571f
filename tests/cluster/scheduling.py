"""Pods and nodes in a real cluster, and where its scheduler puts the pods, or why nowhere."""

from __future__ import annotations

import re
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx2

from jupyterhub_eks.local.cluster.nodes import add_node
from tests.cluster.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lightkube import Client

    from jupyterhub_eks.local.cluster.nodes import FakeNode
    from tests.cluster.planes import Plane

# Why a node does not do, as the scheduler words it.
TOO_MANY_PODS: Final = "Too many pods"
UNTOLERATED: Final = "node(s) had untolerated taint(s)"
OTHER_LABELS: Final = "node(s) didn't match Pod's node affinity/selector"
NOT_ALONE: Final = "node(s) didn't match pod anti-affinity rules"
_REASON: Final = re.compile(r"(\d+) (.+)")
_SETTLE_SECONDS: Final = 90.0


def insufficient(resource: str) -> str:
    """Return how the scheduler says that a resource is short."""
    return f"Insufficient {resource}"


@dataclass(frozen=True)
class Outcome:
    """What the scheduler made of a pod.

    Attributes:
        node: Where it is; empty: nowhere.
        message: Of its condition ``PodScheduled``, where it is nowhere.
    """

    node: str
    message: str

    @property
    def reasons(self) -> dict[str, int]:
        """Number of nodes by what speaks against them."""
        told = self.message.partition(" nodes are available: ")[2].partition(". ")[0]
        found = (_REASON.fullmatch(each) for each in told.split(", "))
        return {each[2]: int(each[1]) for each in found if each}

    @property
    def short(self) -> set[str]:
        """What nodes lack that would do otherwise."""
        return {each for each in self.reasons if each not in {OTHER_LABELS, UNTOLERATED}}


class Scheduling:
    """A namespace of a real cluster.

    Args:
        plane: The control plane.
        client: An administrator of it.
        namespace: Where the pods go.
    """

    def __init__(self, plane: Plane, client: Client, namespace: str) -> None:
        running = plane.start()
        pki = running.kubeconfig.parent / "pki"
        trust = ssl.create_default_context(cafile=str(pki / "api-ca.crt"))
        trust.load_cert_chain(str(pki / "admin.crt"), str(pki / "admin.key"))
        self._client = client
        self._pods = f"/api/v1/namespaces/{namespace}/pods"
        self._http = httpx2.Client(
            base_url=running.endpoint, verify=trust, trust_env=False, timeout=30
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @contextmanager
    def nodes(self, wanted: Iterable[FakeNode]) -> Iterator[None]:
        """Have nodes that are ready; afterwards neither they nor any pod are there."""
        made = list(wanted)
        names = {node.name for node in made}
        try:
            self._each(lambda node: add_node(self._client, node), made)
            wait_for(lambda: names <= self._ready(), "the nodes are ready")
            yield
        finally:
            self._http.delete(self._pods, params={"gracePeriodSeconds": 0}).raise_for_status()
            self._each(lambda node: self._http.delete(f"/api/v1/nodes/{node.name}"), made)
            wait_for(lambda: not self._items(self._pods), "the pods are gone")
            wait_for(lambda: not names & self._known(), "the nodes are gone")

    def post(self, pods: Iterable[Mapping[str, Any]]) -> None:
        """Create pods; a field that the API does not know is an error."""

        def create(pod: Mapping[str, Any]) -> None:
            answer = self._http.post(self._pods, json=pod, params={"fieldValidation": "Strict"})
            assert answer.status_code == 201, (pod["metadata"]["name"], answer.text)

        self._each(create, pods)

    def place(self, pods: Iterable[Mapping[str, Any]]) -> dict[str, Outcome]:
        """Create pods and return what the scheduler made of each, by name."""
        wanted = list(pods)
        self.post(wanted)
        return self.outcomes(str(each["metadata"]["name"]) for each in wanted)

    def outcomes(self, names: Iterable[str]) -> dict[str, Outcome]:
        """Wait until the scheduler has had a look at every pod; return what it made of them."""
        wanted = set(names)
        deadline = time.monotonic() + _SETTLE_SECONDS
        while True:
            found = {each["metadata"]["name"]: _outcome(each) for each in self._items(self._pods)}
            left = {name for name in wanted if not (found[name].node or found[name].message)}
            if not left:
                return {name: found[name] for name in wanted}
            assert time.monotonic() < deadline, f"not looked at: {sorted(left)}"
            time.sleep(0.3)

    def _known(self) -> set[str]:
        return {node["metadata"]["name"] for node in self._items("/api/v1/nodes")}

    def _ready(self) -> set[str]:
        return {
            node["metadata"]["name"]
            for node in self._items("/api/v1/nodes")
            if not any("not-ready" in each["key"] for each in node["spec"].get("taints", ()))
            and any(
                (each["type"], each["status"]) == ("Ready", "True")
                for each in node["status"].get("conditions", ())
            )
        }

    def _items(self, path: str) -> list[dict[str, Any]]:
        answer = self._http.get(path).raise_for_status()
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    @staticmethod
    def _each(call: Any, things: Iterable[Any]) -> None:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(call, things))


def _outcome(pod: Mapping[str, Any]) -> Outcome:
    messages = [
        each.get("message", "")
        for each in pod["status"].get("conditions", ())
        if (each["type"], each["status"]) == ("PodScheduled", "False")
    ]
    return Outcome(node=pod["spec"].get("nodeName", ""), message="".join(messages))
