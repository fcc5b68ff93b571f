"""An EC2 instance type, where it is offered, and its price: each with where that is from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal

from jupyterhub_eks.instances.capacity import (
    DEFAULT_ROOT_DISK_GIB,
    MEMORY_EVICTION_MIB,
    VM_MEMORY_OVERHEAD,
    allocatable_disk_gib,
    reserved_cpu_m,
    reserved_memory_mib,
    visible_memory_mib,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

Arch = Literal["amd64", "arm64"]
Currency = Literal["USD", "CNY"]

_SCHEME: Final = re.compile(r"([a-z]+)(?:-\d+tb)?(\d*)")
_GIB_PER_GB: Final = Fraction(10**9, 2**30)


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts are from.

    Attributes:
        name: Publication or API.
        version: Its version; empty where it has none.
        date: Day of it.
        is_refreshed: Whether ``refresh`` asked AWS for them; else they came with this release.
    """

    name: str
    version: str
    date: date
    is_refreshed: bool = False

    def __str__(self) -> str:
        """Name, version and day."""
        return f"{self.name}{' ' + self.version if self.version else ''}, {self.date}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceType:
    """An EC2 instance type.

    Attributes:
        name: As EC2 spells it, e.g. ``g6.xlarge``.
        arch: As Kubernetes calls it.
        cpu_manufacturer: ``intel``, ``amd`` or ``aws``.
        vcpu: Cores as Linux counts them.
        memory_mib: Nominal memory, MiB.
        pods: Most pods by network addresses: interfaces of the default network card x (IPv4
            addresses of one - 1) + 2; without prefix delegation and ``maxPods``.
        hypervisor: ``nitro`` or ``xen``; empty on bare metal.
        network_mbps: Baseline bandwidth, Mbit/s, as Karpenter compares it; None: not stated.
        ebs_mbps: Largest bandwidth to EBS, Mbit/s; None: not stated.
        nvme_gb: All local NVMe disks together, GB (10^9 bytes).
        efa: Elastic Fabric Adapters.
        gpu_manufacturer: ``nvidia``, ``amd`` or ``habana``; empty without a GPU.
        gpu_name: As in Karpenter's label, e.g. ``l4``, ``a10g``; empty without a GPU.
        gpu_count: Whole GPUs. 0 with a name: a fraction of one, which neither EC2 nor
            Karpenter counts.
        gpu_memory_mib: Memory of one GPU (or of the fraction), MiB, as EC2 states it: often
            less than what it is sold as.
        accelerator_manufacturer: Of an accelerator that is no GPU, e.g. ``aws``.
        accelerator_name: E.g. ``inferentia2``, ``trainium``.
        accelerator_count: How many of them.
        neuron_devices: Quantity of ``aws.amazon.com/neuron``.
        neuron_cores: Quantity of ``aws.amazon.com/neuroncore`` as Karpenter counts it: physical
            cores. On trn2 the device plugin advertises half of them by default.
        source: Where all this is from.
    """

    name: str
    arch: Arch
    cpu_manufacturer: str
    vcpu: int
    memory_mib: int
    pods: int
    hypervisor: str
    network_mbps: int | None = None
    ebs_mbps: int | None = None
    nvme_gb: int = 0
    efa: int = 0
    gpu_manufacturer: str = ""
    gpu_name: str = ""
    gpu_count: int = 0
    gpu_memory_mib: int = 0
    accelerator_manufacturer: str = ""
    accelerator_name: str = ""
    accelerator_count: int = 0
    neuron_devices: int = 0
    neuron_cores: int = 0
    source: Source = field(compare=False, repr=False)

    @property
    def family(self) -> str:
        """What stands before the dot, e.g. ``g6``."""
        return self.name.partition(".")[0]

    @property
    def size(self) -> str:
        """What stands behind the dot, e.g. ``xlarge``."""
        return self.name.partition(".")[2]

    @property
    def category(self) -> str:
        """Letters that the family begins with, e.g. ``g``, ``inf``; Karpenter's label."""
        found = _SCHEME.match(self.name)
        return found[1] if found else ""

    @property
    def generation(self) -> int:
        """Number behind the category, Karpenter's label; 0 where there is none."""
        found = _SCHEME.match(self.name)
        return int(found[2] or 0) if found else 0

    @property
    def bare_metal(self) -> bool:
        """Whether there is no hypervisor."""
        return self.size.startswith("metal")

    @property
    def flex(self) -> bool:
        """Whether full CPU speed is promised for most of the time only."""
        return self.family.endswith("-flex")

    @property
    def is_fraction_of_gpu(self) -> bool:
        """Whether it has a part of a GPU, for which a pod cannot ask (g6f, gr6f)."""
        return bool(self.gpu_name) and self.gpu_count == 0

    @property
    def allocatable_cpu_m(self) -> int:
        """Millicores for pods."""
        return self.vcpu * 1000 - reserved_cpu_m(self.vcpu)

    def allocatable_memory_mib(
        self,
        *,
        pods: int | None = None,
        eviction_mib: int = MEMORY_EVICTION_MIB,
        overhead: Fraction = VM_MEMORY_OVERHEAD,
    ) -> int:
        """Return MiB for pods; never below 0.

        Args:
            pods: Pods for which the kubelet keeps memory. Karpenter's estimate ignores
                ``maxPods`` on Amazon Linux 2023, so leave it to ask what Karpenter thinks.
            eviction_mib: Memory at which the kubelet evicts pods, MiB.
            overhead: Share of the nominal memory that a node does not see.
        """
        visible = visible_memory_mib(
            self.memory_mib, is_arm=self.arch == "arm64", overhead=overhead
        )
        reserved = reserved_memory_mib(self.pods if pods is None else pods)
        return max(visible - reserved - eviction_mib, 0)

    def allocatable_ephemeral_gib(
        self, *, root_disk_gib: int = DEFAULT_ROOT_DISK_GIB, raid0: bool = False
    ) -> int:
        """Return whole GiB for pods' files, logs and images.

        Args:
            root_disk_gib: Size of the root volume, GiB.
            raid0: Whether local disks, where there are any, are used for it in place of the
                root volume (``instanceStorePolicy: RAID0``).
        """
        if raid0 and self.nvme_gb:
            return allocatable_disk_gib(self.nvme_gb * _GIB_PER_GB)
        return allocatable_disk_gib(Fraction(root_disk_gib))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """Which types a region offers, and in which of its zones.

    Offered is not the same as in stock, nor as within an account's quota.

    Attributes:
        region: AWS region.
        by_type: Zone ids (e.g. ``use1-az4``, the same zone in every account) by type.
        source: Where this is from.
    """

    region: str
    by_type: Mapping[str, tuple[str, ...]]
    source: Source

    def zones(self, name: str) -> tuple[str, ...]:
        """Return ids of the zones that offer a type; empty: the region does not offer it."""
        return self.by_type.get(name, ())

    @property
    def all_zones(self) -> tuple[str, ...]:
        """Ids of every zone that offers anything."""
        return tuple(sorted({zone for zones in self.by_type.values() for zone in zones}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Where a price is from.

    Attributes:
        currency: Of the amount.
        region: Region whose price it is.
        asked_region: Region that was asked for.
        source: Where this is from.
    """

    currency: Currency
    region: str
    asked_region: str
    source: Source

    @property
    def stands_in(self) -> bool:
        """Whether it is another region's price, since none is known for the one asked for."""
        return self.region != self.asked_region


@dataclass(frozen=True, slots=True, kw_only=True)
class Price(Quote):
    """What an hour of an on-demand machine with Linux costs, shared tenancy, without tax.

    Attributes:
        per_hour: Amount.
    """

    per_hour: Decimal
