"""A cluster in which the real Karpenter runs for one deployment."""

from __future__ import annotations

import random
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from lightkube.codecs import from_dict, load_all_yaml
from lightkube.core.exceptions import ApiError
from lightkube.resources.core_v1 import Event, Node, Pod
from lightkube.types import PatchType

from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.local.cluster.crds import crd_files
from jupyterhub_eks.local.cluster.nodes import connect
from jupyterhub_eks.local.cluster.ports import FIRST, LAST, is_free
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.node_classes import NodePlace
from jupyterhub_eks.releases.nodes import node_objects
from tests.cluster.controller import daemonsets
from tests.cluster.controller.children import running
from tests.cluster.controller.ec2 import CLUSTER, PROFILE, emulated
from tests.cluster.controller.machines import plugin_configs
from tests.cluster.controller.registering import (
    NodeClaim,
    NodeClass,
    NodeOverlay,
    NodePool,
    Registrar,
)
from tests.cluster.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from lightkube import Client

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.local.cluster.model import ControlPlane
    from jupyterhub_eks.local.cluster.programs import Build
    from tests.cluster.controller.ec2 import Ec2
    from tests.cluster.planes import Plane

NAMESPACE = labels.HUB_NAMESPACE
_KINDS = (NodeClass, NodePool, NodeOverlay)
_CLAIMS = ("home", "shared")
_PROBES = 20
_PROBE = {
    "nodeSelector": {labels.POOL: "nowhere"},
    "tolerations": [{"operator": "Exists"}],
    "containers": [{"name": "main", "image": "example.invalid/x:1"}],
}
# As chart `jupyterhub` makes it for users' servers.
_PRIORITY = {
    "apiVersion": "scheduling.k8s.io/v1",
    "kind": "PriorityClass",
    "metadata": {"name": "jupyterhub-default-priority"},
    "value": 0,
}


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where deployments are tried.

    Attributes:
        plane: The control plane.
        build: Its programs and Karpenter's definitions.
        controller: Karpenter's program.
        folder: For logs.
    """

    plane: Plane
    build: Build
    controller: Path
    folder: Path


@dataclass
class Lab:
    """A deployment whose pools Karpenter knows.

    Attributes:
        client: An administrator.
        ec2: The emulated EC2.
        registrar: Registers the nodes.
        metrics: URL of Karpenter's metrics.
    """

    client: Client
    ec2: Ec2
    registrar: Registrar = field(repr=False)
    metrics: str

    def install(self, objects: Sequence[dict[str, Any]], unknown: Collection[str]) -> None:
        """Create the objects, kind by kind, each when the one before is ready.

        Karpenter evaluates all pools for each change of an overlay, and with growing pauses
        where a class was not ready; so overlays come before pools, as Helm sorts them.
        """
        for kind in ("EC2NodeClass", "NodeOverlay", "NodePool"):
            for each in objects:
                named = each["metadata"]["name"].rpartition("-gpu")[0].rpartition("-")[0]
                if each["kind"] == kind and not (kind == "NodeOverlay" and named in unknown):
                    self.client.create(from_dict(each))
            wait_for(lambda: not self.unready(), f"Karpenter takes each {kind}", 60)

    def unready(self) -> dict[str, list[str]]:
        """Return, by object, which conditions are not True, with what they say."""
        found = {}
        for kind in _KINDS:
            for each in self.client.list(kind):
                status = each.status or {}
                conditions = {one["type"]: one for one in status.get("conditions", [])}
                # Known only once a node has joined.
                conditions.pop("NodeRegistrationHealthy", None)
                bad = [
                    f"{name}: {one['status']} {one.get('message', '')}"
                    for name, one in conditions.items()
                    if one["status"] != "True"
                ]
                if bad or "Ready" not in conditions:
                    found[f"{type(each).__name__} {each.metadata.name}"] = bad
        return found

    def start(self, pods: Sequence[dict[str, Any]]) -> list[str]:
        """Create pods; return their names."""
        for pod in pods:
            document = {"apiVersion": "v1", "kind": "Pod", **pod}
            document["metadata"] = {**document["metadata"], "namespace": NAMESPACE}
            self.client.create(from_dict(document))
        return [pod["metadata"]["name"] for pod in pods]

    def stop(self, names: Sequence[str]) -> None:
        """Delete pods."""
        for name in names:
            self.client.delete(Pod, name, namespace=NAMESPACE)

    def nodes_of(self, names: Sequence[str], seconds: float = 60.0) -> dict[str, str]:
        """Wait until all these pods run; return the node of each."""
        try:
            wait_for(lambda: len(self._running(names)) == len(names), "pods run", seconds)
        except AssertionError as error:
            waiting = set(names) - self._running(names).keys()
            said = {name: self.events(name) for name in waiting}
            raise AssertionError(f"{error}: {said}") from None
        return self._running(names)

    def _running(self, names: Sequence[str]) -> dict[str, str]:
        return {
            str(pod.metadata.name): str(pod.spec.nodeName)
            for pod in self.client.list(Pod, namespace=NAMESPACE)
            if pod.metadata
            and pod.metadata.name in names
            and pod.spec
            and pod.spec.nodeName
            and pod.status
            and pod.status.phase == "Running"
        }

    def claims(self) -> dict[str, Any]:
        """Return the NodeClaims by name."""
        return {each.metadata.name: each for each in self.client.list(NodeClaim)}

    def claims_of(self, pool: str) -> list[Any]:
        """Return a pool's NodeClaims."""
        return [
            each
            for each in self.claims().values()
            if each.metadata.labels["karpenter.sh/nodepool"] == pool
        ]

    def wait_for_scheduling(self, pools: Collection[str]) -> None:
        """Return when Karpenter has evaluated these pools; before, it knows nothing of them.

        It tells each pod a reason once in five minutes, so each look takes a pod of its own.
        """
        for number in range(_PROBES):
            name = f"probe-{number}"
            self.start([{"metadata": {"name": name}, "spec": _PROBE}])
            text = self.refusal(name)
            self.stop([name])
            missing = [
                each for each in pools if f"[{each}]" not in text and f"={each})" not in text
            ]
            if not missing:
                return
        raise AssertionError(f"Karpenter does not evaluate {missing}")

    def refusal(self, name: str, source: str = "karpenter", seconds: float = 30.0) -> str:
        """Wait for the event that says why a pod cannot be placed; return its message."""
        found: list[str] = []

        def look() -> bool:
            found[:] = [
                text
                for by, reason, text in self.events(name)
                if by == source and reason == "FailedScheduling"
            ]
            return bool(found)

        wait_for(look, f"{source} says why {name} waits: {self.events(name)}", seconds)
        return found[-1]

    def events(self, name: str) -> list[tuple[str, str, str]]:
        """Return who says what about a pod: component, reason, message."""
        fields = {"involvedObject.name": name}
        return [
            (
                (each.source.component if each.source else "") or each.reportingComponent or "",
                each.reason or "",
                each.message or "",
            )
            for each in self.client.list(Event, namespace=NAMESPACE, fields=fields)
        ]


def prefixed(prefix: str, deployment: Deployment) -> Deployment:
    """Return a deployment with other names of its pools, so that several can be tried at once."""
    profiles = deployment.profiles
    renamed = profiles.model_copy(
        update={
            "pools": {f"{prefix}-{name}": pool for name, pool in profiles.pools.items()},
            "profiles": [
                each.model_copy(update={"pool": f"{prefix}-{each.pool}"})
                for each in profiles.profiles
            ],
        }
    )
    return type(deployment)(settings=deployment.settings, profiles=renamed)


@contextmanager
def lab(
    site: Site, deployments: Sequence[Deployment], *, unknown: Collection[str] = ()
) -> Iterator[Lab]:
    """Run Karpenter with the pools of deployments.

    Args:
        site: Where.
        deployments: Of one region, with different pools.
        unknown: Pools of whose shared GPUs Karpenter is not told: they get no NodeOverlay.
    """
    (region,) = {each.settings.region for each in deployments}
    with ExitStack() as stack:
        plane = site.plane.start()
        client = stack.enter_context(connect(plane.kubeconfig))
        _furnish(site, client)
        ec2 = stack.enter_context(emulated(site.folder, region))
        moved = [_moved(each, ec2) for each in deployments]
        pools = {name: pool for each in moved for name, pool in each.profiles.pools.items()}
        registrar = Registrar(lambda: connect(plane.kubeconfig), plugin_configs(pools))
        stack.callback(_wipe, client)
        metrics = stack.enter_context(_karpenter(site, ec2, plane))
        stack.enter_context(registrar.at_work())
        made = Lab(client, ec2, registrar, metrics)
        made.install(_objects(moved), unknown)
        made.wait_for_scheduling(
            [
                verdict.pool
                for each in moved
                for verdict in prove(each, catalog())
                if any(fit.obstacle != "region" for fit in verdict.fits)
            ]
        )
        yield made
        assert registrar.failures == []


def _objects(deployments: Iterable[Deployment]) -> list[dict[str, Any]]:
    place = NodePlace(instance_profile=PROFILE)
    return [
        each
        for deployment in deployments
        for each in node_objects(deployment.profiles, deployment.settings, place)
    ]


@contextmanager
def _karpenter(site: Site, ec2: Ec2, plane: ControlPlane) -> Iterator[str]:
    """Run the controller; yield the URL of its metrics."""
    metrics, health = _free_ports()
    env = {
        **ec2.credentials,
        "KUBECONFIG": str(plane.kubeconfig),
        "CLUSTER_NAME": CLUSTER,
        "CLUSTER_ENDPOINT": plane.endpoint,
        "ISOLATED_VPC": "true",
        "DISABLE_LEADER_ELECTION": "true",
        "SYSTEM_NAMESPACE": "kube-system",
        "FEATURE_GATES": "NodeOverlay=true,ReservedCapacity=true",
        "METRICS_PORT": str(metrics),
        "HEALTH_PROBE_PORT": str(health),
        "LOG_LEVEL": "debug",
        "NO_PROXY": "127.0.0.1,localhost",
    }
    log = site.folder / "karpenter.log"
    ready = f"http://127.0.0.1:{health}/readyz"
    with running([str(site.controller)], log, env=env, is_ready=lambda: _is_ok(ready)):
        yield f"http://127.0.0.1:{metrics}/metrics"


def _free_ports() -> tuple[int, int]:
    found: list[int] = []
    while len(found) < 2:
        port = random.randint(FIRST, LAST)  # noqa: S311 - keeps apart, guards nothing
        if port not in found and is_free(port):
            found.append(port)
    return found[0], found[1]


def _is_ok(url: str) -> bool:
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _moved(deployment: Deployment, ec2: Ec2) -> Deployment:
    """Return the deployment for the emulated account: its cluster's name, its subnets."""
    settings = deployment.settings.model_copy(update={"name": CLUSTER})
    if settings.network.existing:
        existing = settings.network.existing.model_copy(update={"private_subnet_ids": ec2.subnets})
        network = settings.network.model_copy(update={"existing": existing})
        settings = settings.model_copy(update={"network": network})
    return type(deployment)(settings=settings, profiles=deployment.profiles)


def _furnish(site: Site, client: Client) -> None:
    """Bring what the releases before the pools bring: definitions, DaemonSets, volumes."""
    for path in crd_files(site.build):
        for definition in load_all_yaml(path.read_text(encoding="utf-8")):
            client.apply(definition, force=True)
    wait_for(lambda: all(_is_served(client, kind) for kind in (*_KINDS, NodeClaim)), "kinds")
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    client.apply(from_dict(namespace), force=True)
    client.apply(from_dict(_PRIORITY), force=True)
    for name in _CLAIMS:
        for document in _volume(name):
            client.apply(from_dict(document), force=True)
    daemonsets.bring(client)


def _is_served(client: Client, kind: Any) -> bool:
    try:
        list(client.list(kind))
    except ApiError as error:
        if error.status.code not in {404, 429}:  # 429: its storage is being made
            raise
        return False
    return True


def _volume(name: str) -> Iterator[dict[str, Any]]:
    """Yield a volume that all zones reach, as EFS, and the claim on it."""
    common = {"accessModes": ["ReadWriteMany"], "storageClassName": ""}
    yield {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            **common,
            "capacity": {"storage": "1Ti"},
            "csi": {"driver": "efs.csi.aws.com", "volumeHandle": f"fs-1::{name}"},
            "claimRef": {"namespace": NAMESPACE, "name": name},
        },
    }
    yield {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            **common,
            "volumeName": name,
            "resources": {"requests": {"storage": "1Ti"}},
        },
    }


def _wipe(client: Client) -> None:
    """Remove a deployment's objects and nodes at once; Karpenter no longer runs."""
    client.deletecollection(Pod, namespace=NAMESPACE)
    client.deletecollection(Event, namespace=NAMESPACE)
    for kind in (NodeOverlay, NodePool, NodeClaim, NodeClass):
        client.deletecollection(kind)
    doomed = list(client.list(Node))
    for node in doomed:
        client.delete(Node, str(node.metadata.name))
    for kind in (NodePool, NodeClaim, NodeClass, Node):
        for each in list(client.list(kind)):
            _release(client, kind, each.metadata.name)
    wait_for(
        lambda: not any(list(client.list(kind)) for kind in (*_KINDS, NodeClaim, Node)), "all gone"
    )


def _release(client: Client, kind: Any, name: str) -> None:
    try:
        patch = {"metadata": {"finalizers": None}}
        client.patch(kind, name, patch, patch_type=PatchType.MERGE)
    except ApiError as error:
        if error.status.code != 404:
            raise
