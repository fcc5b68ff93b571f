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
    if row["gpu_name"]:
        labels["karpenter.k8s.aws/instance-gpu-count"] = row["gpu_count"]
    if row["neuron_devices"]:
        labels["karpenter.k8s.aws/instance-accelerator-count"] = row["neuron_devices"]
    return labels


def fits(requirements: list[dict[str, Any]], labels: dict[str, str]) -> bool:
    """Whether labels satisfy requirements, all of which must say ``In``."""
    assert {each["operator"] for each in requirements} == {"In"}
    return all(labels.get(each["key"]) in each["values"] for each in requirements)


def chosen(node_pool: dict[str, Any]) -> list[str]:
    """Return the EC2 types that a NodePool may start, in alphabetical order."""
    spec = node_pool["spec"]["template"]["spec"]
    # Each type is offered in the one way that the pool asks for.
    rest = [each for each in spec["requirements"] if each["key"] != "karpenter.sh/capacity-type"]
    found = [labels for labels in machines() if fits(rest, labels)]
    return sorted(labels["node.kubernetes.io/instance-type"] for labels in found)
