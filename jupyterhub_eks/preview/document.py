"""What ``jhub preview`` tells the hub that it starts; a JSON file of mode 600 in its state.

Standard library only: it is read in the hub's environment too.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final, TypedDict

LOOPBACK: Final = "127.0.0.1"
# Header of the hub's answers by which its own are known.
SIGN: Final = "X-Jhub-Preview"
_SIGN_LENGTH: Final = 16


class SizeFacts(TypedDict):
    """What the proof of schedulability says of one size of a profile.

    Attributes:
        pool: Node pool that its pods run in.
        instances: Instance types that the pool can start for it, cheapest first.
        users_per_node: How many of its pods the first of them holds; 0 if none.
        usd_per_hour: What such a pod costs where the machine is full; None if unknown.
        node_usd_per_hour: What the machine costs; None if unknown.
        reason: Why it can start nowhere; empty if it can.
        seconds: How long a first start on a new machine takes as a rule.
    """

    pool: str
    instances: list[str]
    users_per_node: int
    usd_per_hour: float | None
    node_usd_per_hour: float | None
    reason: str
    seconds: int


class ClusterFacts(TypedDict):
    """The cluster in which pods are really made.

    Attributes:
        title: What it is called on pages and in messages.
        kubeconfig: File with the one context that is used; holds secrets.
        simulated: Whether its nodes run no containers, so that servers are processes here.
        address: Of this machine, where servers find the hub.
        priority_class: Whether it has the class of priority that the chart makes.
        volumes: Whether claims stand for folders there; else pods get empty ones.
        seconds: How long a pod may wait until its start is given up.
    """

    title: str
    kubeconfig: str
    simulated: bool
    address: str
    priority_class: bool
    volumes: bool
    seconds: int


class InCluster(TypedDict, total=False):
    """What only a preview with a cluster is told.

    Attributes:
        cluster: Where pods are really made; without it, nowhere.
    """

    cluster: ClusterFacts


class Document(InCluster):
    """The previewed hub.

    Attributes:
        name: Of the deployment.
        namespace: Of its pods.
        values: Of the JupyterHub chart as a deploy would render them, logins led to loopback.
        environment: Variables that the hub has in the cluster, by name.
        url: Where people open it, without trailing slash.
        hub_port: Where JupyterHub itself listens.
        proxy_api_port: Where its proxy is told of routes.
        proxy_token: What the proxy wants to be told; a secret.
        state: Folder of database, cookie secret, logs.
        claims: Folder that stands for a volume claim, by the name of the claim.
        facts: By slug of the profile, by slug of the size ("" without sizes).
        unavailable: Slugs of profiles for which AWS has no machine.
        full: Slugs of profiles whose pool has reached its limit.
        cull_after: Seconds without activity after which servers end; None: as configured.
        real_time: Whether events of a start are played as slowly as on AWS.
        provider: URL of what stands in for the identity provider; empty without one.
    """

    name: str
    namespace: str
    values: dict[str, Any]
    environment: dict[str, str]
    url: str
    hub_port: int
    proxy_api_port: int
    proxy_token: str
    state: str
    claims: dict[str, str]
    facts: dict[str, dict[str, SizeFacts]]
    unavailable: list[str]
    full: list[str]
    cull_after: int | None
    real_time: bool
    provider: str


def hub_host(document: Document) -> str:
    """Return the address of this machine on which the hub itself listens."""
    return document["cluster"]["address"] if "cluster" in document else LOOPBACK


def sign_of(document: Document) -> str:
    """Return what the hub of a document says in the header ``SIGN`` of each answer.

    Another program that listens on its port does not know it.
    """
    return hashlib.sha256(f"sign {document['proxy_token']}".encode()).hexdigest()[:_SIGN_LENGTH]
