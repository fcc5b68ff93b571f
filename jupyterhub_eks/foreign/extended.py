"""Names of resources that a server can ask for besides cores and memory. Pure.

MIG names: NVIDIA's MIG user guide, with ``nvidia.com/mig-`` in front as the device plugin has
them in its ``mixed`` strategy; ``.me`` has the media engines.
"""

from __future__ import annotations

import re
from typing import Final

from jupyterhub_eks.config.rules.mig import MIG_GPUS
from jupyterhub_eks.suggest import did_you_mean

GPU: Final = "nvidia.com/gpu"
NEURON: Final = "aws.amazon.com/neuron"
NEURON_CORE: Final = "aws.amazon.com/neuroncore"
EFA: Final = "vpc.amazonaws.com/efa"
MIG_PREFIX: Final = "nvidia.com/mig-"
# `nvidia.com/gpu` where slices of time have a name of their own.
SHARED_GPU: Final = "nvidia.com/gpu.shared"
CPU: Final = "cpu"
MEMORY: Final = "memory"
DISK: Final = "ephemeral-storage"
NATIVE: Final = frozenset({CPU, MEMORY, DISK})

_HUGE_PAGES: Final = re.compile(r"hugepages-\d+[KMG]i")
_QUALIFIED: Final = re.compile(
    r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?"
)
_OF_VENDOR: Final = {
    "nvidia.com": ("nvidia.com/gpu", "nvidia.com/gpu.shared"),
    "aws.amazon.com": ("aws.amazon.com/neuron", "aws.amazon.com/neuroncore"),
    "amd.com": ("amd.com/gpu",),
    "vpc.amazonaws.com": ("vpc.amazonaws.com/efa",),
    "habana.ai": ("habana.ai/gaudi",),
}
_MIG: Final = re.compile(r"\dg\.\d+gb(\.me)?")
# Partitions by the key of each GPU in the table of equal partitions: those and the others.
_PARTITIONS: Final = {
    "a100.40gb": ("1g.5gb", "1g.10gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb"),
    "a100.80gb": ("1g.10gb", "1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"),
    "h100.80gb": ("1g.10gb", "1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"),
    "h200.141gb": ("1g.18gb", "1g.35gb", "2g.35gb", "3g.71gb", "4g.71gb", "7g.141gb"),
    "b200.180gb": ("1g.23gb", "1g.45gb", "2g.45gb", "3g.90gb", "4g.90gb", "7g.180gb"),
    "rtxpro6000.96gb": ("1g.24gb", "2g.48gb", "4g.96gb"),
}


def is_extended(name: str) -> bool:
    """Whether a resource is counted in whole devices, so that limit and guarantee are one."""
    return name not in NATIVE and not _HUGE_PAGES.fullmatch(name)


def fault_of_name(name: str) -> tuple[str, str] | None:
    """Return what is wrong with the name of a resource and what to write; None: nothing is."""
    if name in NATIVE or _HUGE_PAGES.fullmatch(name):
        return None
    if not _QUALIFIED.fullmatch(name):
        known = sorted(each for names in _OF_VENDOR.values() for each in names)
        hint = did_you_mean(f"{name}/gpu" if name in _OF_VENDOR else name, [*NATIVE, *known])
        return (
            f"Kubernetes knows no resource `{name}`; those of a vendor have its domain in front",
            (hint if hint.startswith("did you") else "write e.g. `nvidia.com/gpu`"),
        )
    if name.startswith(MIG_PREFIX):
        return _fault_of_mig(name.removeprefix(MIG_PREFIX))
    vendor = name.partition("/")[0]
    names = _OF_VENDOR.get(vendor)
    if names and name not in names:
        return f"no device plugin of {vendor} offers `{name}`", did_you_mean(name, names)
    return None


def is_known(name: str) -> bool:
    """Whether anything is known of a resource whose name is right."""
    return name.partition("/")[0] in _OF_VENDOR


def mig_families(name: str) -> tuple[str, ...]:
    """Return the EC2 families whose GPU can be partitioned so; empty for any other resource."""
    partition = name.removeprefix(MIG_PREFIX).removesuffix(".me")
    return tuple(
        sorted(
            family
            for gpu in MIG_GPUS
            if name.startswith(MIG_PREFIX) and partition in _PARTITIONS[gpu.key]
            for family in gpu.families
        )
    )


def partitions(family: str) -> tuple[str, ...]:
    """Return the resources that GPUs of a family can be partitioned into."""
    return tuple(
        MIG_PREFIX + name + engines
        for gpu in MIG_GPUS
        if family in gpu.families
        for name in _PARTITIONS[gpu.key]
        for engines in ("", ".me")
    )


def _fault_of_mig(partition: str) -> tuple[str, str] | None:
    if mig_families(MIG_PREFIX + partition):
        return None
    known = sorted({each for names in _PARTITIONS.values() for each in names})
    if _MIG.fullmatch(partition):
        return f"no GPU on EC2 can be partitioned into `{partition}`", did_you_mean(
            partition, known
        )
    return (
        f"`{partition}` is no MIG partition",
        f"write e.g. `{MIG_PREFIX}1g.5gb` (A100 40 GB) or `{MIG_PREFIX}1g.24gb` (RTX PRO 6000)",
    )
