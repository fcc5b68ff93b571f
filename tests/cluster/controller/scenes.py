"""Pools and profiles beyond the examples, each for one question to Karpenter."""

from __future__ import annotations

from typing import Any

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.pools import PoolConfig
from jupyterhub_eks.config.profiles import ProfilesFile
from tests.support.pools import EVERY_KIND, deployment_with, mig, mps, pool, slicing
from tests.support.spawned import Hub

REGION = "us-west-2"
# Offered in other regions only.
ELSEWHERE = "trn2.3xlarge"
# A pool, and what the server of its only profile asks for.
Scene = tuple[PoolConfig, dict[str, Any]]


def every_kind() -> Deployment:
    """Return a pool of each kind, with a profile each."""
    return deployment_with(EVERY_KIND, region=REGION)


def scenes() -> Deployment:
    """Return the pools in which something is shared, scarce, or refused."""
    small = {"cpu": {"guarantee": 0.25, "limit": 1}, "memory": _memory("1G")}
    one = {"gpu": 1, **small}
    found: dict[str, Scene] = {
        # The same machines, with and without a NodeOverlay.
        "sliced": (slicing(4, "g6.xlarge", "g5.xlarge"), one),
        "bare": (slicing(4, "g6.xlarge", "g5.xlarge"), one),
        "at-once": (mps(4, "g6.xlarge", "g5.xlarge"), one),
        "parts": (mig("1g.24gb", "g7e.2xlarge"), one),
        "scarce": (pool("c7i", sizes=["large", "xlarge", "2xlarge"]), small),
        "gone": (pool("c6i", sizes=["large"]), small),
        "no-memory": (pool("m6a", sizes=["large", "xlarge"]), {"memory": _memory("64G")}),
        "no-cores": (pool("m6a", sizes=["large"]), {"cpu": {"guarantee": 4, "limit": 4}}),
        "no-gpus": (pool("g4dn.xlarge"), {**one, "gpu": 2}),
        "no-limit": (pool("m6a", sizes=["xlarge"], max={"cpu": 2}), small),
        "no-region": (pool(ELSEWHERE), {"neuron": 1, **small}),
        # What Karpenter and the proof leave of one machine, to the last millicore and byte.
        "edge": (pool("m5a", sizes=["xlarge"]), small),
        "full": (pool("r6a", sizes=["xlarge"], max={"cpu": 4}), {"memory": _memory("20G")}),
    }
    return _deployment(found)


def kept(nodes: int) -> Deployment:
    """Return a pool with a number of nodes that always run."""
    sizes = ["large", "xlarge"]
    small = {"cpu": {"guarantee": 0.25, "limit": 1}, "memory": _memory("1G")}
    made = pool("c7i", sizes=sizes, warm={"nodes": nodes}, lifetime={"maintenance": {}})
    return _deployment({"kept": (made, small)})


def purchases() -> Deployment:
    """Return pools by how their machines are bought, each with machines of its own.

    What is out of stock is so for all pools, for three minutes. One server fills the cheapest
    machine of each, so that each server takes one more.
    """
    asked = {"cpu": {"guarantee": 1, "limit": 1}, "memory": _memory("4G")}
    both = {"sizes": ["large", "xlarge"]}
    window = {"days": ["sat", "sun"], "start_hour": 23, "hours": 6, "nodes": 3}
    lifetime = {"expire_after_hours": 336, "drain_hours": 48, "maintenance": window}
    pools = {
        "spot": pool("m6a", **both, capacity="spot", lifetime=lifetime),
        "spot-first": pool("m5a", **both, capacity=["spot", "on-demand"]),
        "reserved": pool("m7a", **both, capacity="reserved"),
        "reserved-first": pool("m7i", **both, capacity=["reserved", "on-demand"]),
        "held": pool("m6i", sizes=["large"], warm={"servers": 1}),
    }
    return _deployment({name: (each, asked) for name, each in pools.items()})


def servers(
    deployment: Deployment, pool: str, users: int = 1, batch: str = ""
) -> list[dict[str, Any]]:
    """Return pods of the only profile of a pool, for users of a batch."""
    hub = Hub(deployment)
    (choice,) = (each for each in hub.choices() if each.profile == pool)
    return hub.pods([(choice, f"{pool}-{batch}{number}") for number in range(users)])


def _deployment(found: dict[str, Scene]) -> Deployment:
    profiles = [
        {"name": name, "pool": name, "default": index == 0, **asked}
        for index, (name, (_, asked)) in enumerate(found.items())
    ]
    pools = {name: made for name, (made, _) in found.items()}
    return Deployment(
        settings=DeploymentFile.model_validate({"region": REGION}),
        profiles=ProfilesFile.model_validate({"pools": pools, "profiles": profiles}),
    )


def _memory(amount: str) -> dict[str, str]:
    return {"guarantee": amount, "limit": amount}
