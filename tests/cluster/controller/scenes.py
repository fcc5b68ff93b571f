"""Pools and profiles beyond the examples, each for one question to Karpenter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from tests.support.pools import EVERY_KIND, deployment_with, mig, pool, slicing

if TYPE_CHECKING:
    from jupyterhub_eks.config.pools import PoolConfig

REGION = "us-west-2"
# Offered in other regions only.
ELSEWHERE = "trn2.3xlarge"


def every_kind() -> Deployment:
    """Return a pool of each kind, with a profile each."""
    return deployment_with(EVERY_KIND, region=REGION)


def scenes() -> Deployment:
    """Return the pools in which something is shared, scarce, or refused."""
    small = {"cpu": {"guarantee": 0.25, "limit": 1}, "memory": _memory("1G")}
    one = {"gpu": 1, **small}
    found: dict[str, tuple[PoolConfig, dict[str, Any]]] = {
        # The same machines, with and without a NodeOverlay.
        "sliced": (slicing(4, "g6.xlarge", "g5.xlarge"), one),
        "bare": (slicing(4, "g6.xlarge", "g5.xlarge"), one),
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
