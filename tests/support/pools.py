"""Deployments with given pools, and the EC2 machines that Karpenter would choose among."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.pools import PoolConfig
from jupyterhub_eks.config.profiles import ProfilesFile

ROOT = Path(__file__).resolve().parents[2]
# Facts about EC2 and Karpenter that are kept beside the project, not in it.
DATA = ROOT.parent / "shared" / "data"
_OFFERS = {
    "karpenter.sh/capacity-type",
    "topology.kubernetes.io/zone",
    "topology.k8s.aws/zone-id",
}


def pool(*instances: str, **more: Any) -> PoolConfig:
    """Return a pool of ``instances``."""
    return PoolConfig.model_validate({"instances": instances, **more})


def slicing(slices: int, *instances: str, **more: Any) -> PoolConfig:
    """Return a pool whose GPUs are time-sliced."""
    return pool(*instances, gpu={"sharing": "time-slicing", "slices": slices}, **more)


def mig(profile: str, *instances: str, **more: Any) -> PoolConfig:
    """Return a pool whose GPUs are partitioned."""
    return pool(*instances, gpu={"sharing": "mig", "profile": profile}, **more)


# One pool of each kind, as in the design.
EVERY_KIND = {
    "cpu": pool("m7i", "m7a", sizes=["xlarge", "2xlarge"], max={"cpu": 256, "memory_gib": 1024}),
    "gpu-shared": slicing(4, "g6.xlarge", "g5.xlarge", max={"gpu": 8}),
    "gpu-mig": mig("1g.24gb", "g7e.2xlarge", max={"gpu": 2}),
    "gpu": pool("g6e", "g6", max={"gpu": 16}),
    "trainium": pool("trn1", max={"neuron": 32}),
    "inferentia": pool("inf2.xlarge", "inf2.8xlarge"),
}


def deployment_with(
    pools: dict[str, PoolConfig], *, devices: int = 1, **settings: Any
) -> Deployment:
    """Return a deployment with a profile per pool that asks for ``devices`` where it has any."""
    profiles = [
        {
            "name": f"On {name}",
            "pool": name,
            "default": index == 0,
            "gpu": devices if each.instances[0][0] in "gp" else 0,
            "neuron": devices if each.instances[0].startswith(("trn", "inf")) else 0,
        }
        for index, (name, each) in enumerate(pools.items())
    ]
    return Deployment(
        settings=DeploymentFile.model_validate(settings),
        profiles=ProfilesFile.model_validate({"pools": pools, "profiles": profiles}),
    )


def machines() -> list[dict[str, str]]:
    """Return the labels that Karpenter gives each EC2 type; skip the test without the data."""
    path = DATA / "instance_types.csv"
    if not path.is_file():
        pytest.skip(f"the table of EC2 types is not at {path.relative_to(ROOT.parent)}")
    return _read(path)


@cache
def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [_labels(row) for row in csv.DictReader(file)]


def _labels(row: dict[str, str]) -> dict[str, str]:
    labels = {
        "node.kubernetes.io/instance-type": row["instance_type"],
        "kubernetes.io/arch": row["arch"],
        "kubernetes.io/os": "linux",
        "karpenter.k8s.aws/instance-family": row["family"],
        "karpenter.k8s.aws/instance-size": row["size"],
        "karpenter.k8s.aws/instance-hypervisor": row["hypervisor"],
    }
    if row["local_nvme_gib"] not in ("", "0"):
        labels["karpenter.k8s.aws/instance-local-nvme"] = row["local_nvme_gib"]
    if row["gpu_name"]:
        labels["karpenter.k8s.aws/instance-gpu-count"] = row["gpu_count"]
    if row["neuron_devices"]:
        labels["karpenter.k8s.aws/instance-accelerator-count"] = row["neuron_devices"]
    return labels


def mps(slices: int, *instances: str, **more: Any) -> PoolConfig:
    """Return a pool whose GPUs are shared by MPS."""
    return pool(*instances, gpu={"sharing": "mps", "slices": slices}, **more)


# Pools that between them use every key there is.
EVERY_KEY = {
    "spot-first": pool("m7i", "m7g", capacity=["spot", "on-demand"], architecture="arm64"),
    "by-name": pool("m7i", zones=["us-west-2a", "us-west-2b"], max={"nodes": 4, "cpu": 64}),
    "by-id": pool("g6", "g5", zones=["usw2-az1", "usw2-az2"], dedicated=True),
    "disks": pool("m7gd", "m6gd", local_disks="raid0", local_disks_min_gb=200),
    "no-disks": pool("trn1.2xlarge", local_disks="ignore", image_family="bottlerocket"),
    "marked": pool(
        "g6.xlarge",
        labels={"example.org/team": "physics", "plain": ""},
        taints=[
            {"key": "example.org/team", "value": "physics", "effect": "NoExecute"},
            {"key": "plain", "effect": "PreferNoSchedule"},
        ],
    ),
    "bottle": slicing(4, "g6.xlarge", image_family="bottlerocket", local_disks="raid0"),
    "at-once": mps(8, "g6e", "g6", max={"gpu": 4}),
    "smallest": mig("auto", "g7e", "p5", "p4de", "p5en", warm={"nodes": 1}),
    "long-lived": pool(
        "m7i",
        lifetime={
            "consolidation": "underutilized",
            "consolidate_after_minutes": 30,
            "expire_after_hours": 336,
            "drain_hours": 48,
            "maintenance": {"days": ["sat", "sun"], "start_hour": 23, "hours": 6, "nodes": 3},
        },
        warm={"nodes": 2, "servers": 3},
    ),
    "warm-alone": pool("inf2.xlarge", dedicated=True, warm={"servers": 1}),
    "b" * 40: slicing(2, "g5", warm={"nodes": 1, "servers": 1}, lifetime={"maintenance": {}}),
}


def fits(requirements: list[dict[str, Any]], labels: dict[str, str]) -> bool:
    """Whether labels satisfy requirements, all of which say ``In``, or ``Gte`` of a number."""
    return all(_is_met(each, labels.get(each["key"])) for each in requirements)


def _is_met(requirement: dict[str, Any], value: str | None) -> bool:
    if requirement["operator"] == "Gte":
        (least,) = requirement["values"]
        return value is not None and int(value) >= int(least)
    assert requirement["operator"] == "In"
    return value in requirement["values"]


def chosen(node_pool: dict[str, Any]) -> list[str]:
    """Return the EC2 types that a NodePool may start, in alphabetical order."""
    spec = node_pool["spec"]["template"]["spec"]
    # Each type is offered in the ways and zones that the pool asks for.
    rest = [each for each in spec["requirements"] if each["key"] not in _OFFERS]
    found = [labels for labels in machines() if fits(rest, labels)]
    return sorted(labels["node.kubernetes.io/instance-type"] for labels in found)
