"""GPUs that Multi-Instance GPU (MIG) can partition, and into what.

Families: Karpenter 1.14.1, "Instance types". Partitions of equal size on one GPU:
NVIDIA's MIG user guide and ``NVIDIA/mig-parted`` v0.15.0. ``key`` is the GPU's name in
Bottlerocket's ``settings.kubelet-device-plugins.nvidia.mig.profile``; a GPU without one
there is not in the table, as the operating system makes the partitions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class MigGpu:
    """A GPU model.

    Attributes:
        title: Name that people know it by.
        key: Name in Bottlerocket's settings.
        families: EC2 families that carry it.
        slices: How many partitions of a profile one GPU gives; two or more.
    """

    title: str
    key: str
    families: frozenset[str]
    slices: Mapping[str, int]


MIG_GPUS: Final = (
    MigGpu(
        title="A100 40 GB",
        key="a100.40gb",
        families=frozenset({"p4d"}),
        slices={"1g.5gb": 7, "2g.10gb": 3, "3g.20gb": 2},
    ),
    MigGpu(
        title="A100 80 GB",
        key="a100.80gb",
        families=frozenset({"p4de"}),
        slices={"1g.10gb": 7, "2g.20gb": 3, "3g.40gb": 2},
    ),
    MigGpu(
        title="H100 80 GB",
        key="h100.80gb",
        families=frozenset({"p5"}),
        slices={"1g.10gb": 7, "2g.20gb": 3, "3g.40gb": 2},
    ),
    MigGpu(
        title="H200 141 GB",
        key="h200.141gb",
        families=frozenset({"p5e", "p5en"}),
        slices={"1g.18gb": 7, "2g.35gb": 3, "3g.71gb": 2},
    ),
    MigGpu(
        title="B200 180 GB",
        key="b200.180gb",
        families=frozenset({"p6-b200"}),
        slices={"1g.23gb": 7, "2g.45gb": 3, "3g.90gb": 2},
    ),
    MigGpu(
        title="RTX PRO 6000 96 GB",
        key="rtxpro6000.96gb",
        families=frozenset({"g7e"}),
        slices={"1g.24gb": 4, "2g.48gb": 2},
    ),
)


def mig_gpu(instance: str) -> MigGpu | None:
    """Return the GPU of a family or type, if MIG can partition it."""
    family = instance.partition(".")[0]
    return next((gpu for gpu in MIG_GPUS if family in gpu.families), None)
