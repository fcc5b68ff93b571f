"""Nodes of pools without machines, as Karpenter, kubelet and device plugin would register them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.local.cluster.nodes import FakeNode
from jupyterhub_eks.placement.costs import costs
from jupyterhub_eks.placement.daemons import daemons
from jupyterhub_eks.placement.labels import machine_labels
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.placement.rooms import make_of, room_of
from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.families import kind_of
from jupyterhub_eks.releases.node_classes import NodePlace
from jupyterhub_eks.releases.nodes import node_objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.placement.proof import Fit
    from jupyterhub_eks.placement.resources import Amounts, Resource

# Of a machine that no node has: the region does not offer it, or the pool may not have it.
ABSENT: Final = ("region", "limit")
# What Kubernetes calls the resources of the proof.
NAMES: Final[Mapping[Resource, str]] = {
    "cpu_m": "cpu",
    "memory": "memory",
    "disk": "ephemeral-storage",
    "gpu": labels.GPU,
    "neuron": labels.NEURON,
    "pods": "pods",
}


def pool_node(
    name: str, deployment: Deployment, pool: str, fit: Fit, *, daemons_run: bool = True
) -> FakeNode:
    """Return an empty node of a pool.

    Args:
        name: Of the node.
        deployment: Both files.
        pool: Name of its pool.
        fit: Its machine. The node has what the proof says that there is for servers.
        daemons_run: Whether it has what DaemonSets take too, as pods of them will be there.
    """
    template = node_pool(deployment, pool)["spec"]["template"]
    settings = deployment.profiles.pools[pool]
    region = deployment.settings.region
    # A node does not know that it is for one server; the servers do.
    make = make_of(settings, prefixes=deployment.settings.cluster.prefix_delegation)
    room = room_of(fit.machine, replace(make, is_dedicated=False))
    return FakeNode(
        name=name,
        capacity=quantities(room + _taken(settings) if daemons_run else room),
        labels={
            **machine_labels(fit.machine),
            **template["metadata"]["labels"],
            "karpenter.sh/nodepool": pool,
            "karpenter.sh/capacity-type": settings.capacity[0],
            "topology.kubernetes.io/region": region,
            "topology.kubernetes.io/zone": f"{region}a",
        },
        taints=tuple(
            (each["key"], each.get("value", ""), each["effect"])
            for each in template["spec"]["taints"]
        ),
    )


def pool_nodes(deployment: Deployment, catalog: Catalog, each: int) -> tuple[FakeNode, ...]:
    """Return nodes as a deployment's profiles would start them, without what DaemonSets take.

    Of each pool, those of the machine that each of its profiles would be started on first.

    Args:
        deployment: Both files.
        catalog: What is known of EC2's machines.
        each: How many of each machine.
    """
    wanted: dict[tuple[str, str], Fit] = {}
    for verdict in prove(deployment, catalog):
        priced = [cost.fit for cost in costs(verdict, catalog, deployment.settings.region)]
        there = [fit for fit in (*priced, *verdict.fits) if fit.obstacle not in ABSENT]
        if there:
            wanted.setdefault((verdict.pool, there[0].machine.name), there[0])
    return tuple(
        pool_node(_node_name(pool, machine, number), deployment, pool, fit, daemons_run=False)
        for (pool, machine), fit in wanted.items()
        for number in range(1, each + 1)
    )


def _node_name(pool: str, machine: str, number: int) -> str:
    return f"{pool}-{machine.replace('.', '-')}-{number}"


def node_pool(deployment: Deployment, pool: str) -> dict[str, Any]:
    """Return the NodePool of a pool, as it is deployed."""
    place = NodePlace(instance_profile="nodes")
    return next(
        each
        for each in node_objects(deployment.profiles, deployment.settings, place)
        if (each["kind"], each["metadata"]["name"]) == ("NodePool", pool)
    )


def quantities(amounts: Amounts) -> dict[str, str]:
    """Return amounts as Kubernetes writes them; a device that is not there is not named."""
    return {
        key: f"{amounts.of(name)}{'m' * (name == 'cpu_m')}"
        for name, key in NAMES.items()
        if amounts.of(name)
    }


def _taken(pool: PoolConfig) -> Amounts:
    return daemons(kind_of(pool), mps=pool.gpu.sharing == "mps")


def daemon_pods(node: str, deployment: Deployment, pool: str) -> Iterator[dict[str, Any]]:
    """Yield what DaemonSets run on a node, bound to it: so many pods, the first with all requests.

    Args:
        node: Name of the node.
        deployment: Both files.
        pool: Name of its pool.
    """
    amounts = quantities(_taken(deployment.profiles.pools[pool]))
    count = int(amounts.pop("pods"))
    for index in range(count):
        requests = {} if index else amounts
        yield {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": f"daemon-{index}-{node}", "labels": {"component": "daemon"}},
            "spec": {
                "nodeName": node,
                "containers": [
                    {
                        "name": "main",
                        "image": "example.invalid/daemon:1",
                        "resources": {"requests": requests},
                    }
                ],
                "tolerations": [{"operator": "Exists"}],
            },
        }
