"""What a node keeps for pods, by formula."""

from __future__ import annotations

import csv
from fractions import Fraction

import pytest

from jupyterhub_eks.instances.capacity import reserved_cpu_m, reserved_memory_mib
from jupyterhub_eks.instances.catalog import DATA, Catalog
from tests.support.instances import fact_tables, machine

TABLES = ("instance_types.csv", "instance_types_not_on_page.csv")


@pytest.mark.parametrize("table", TABLES)
def test_the_formulas_give_what_karpenter_states_for_every_type(table: str) -> None:
    """Cores, memory and disk for pods are computed, and equal the published figures."""
    catalog = Catalog(DATA)
    different = []
    with (fact_tables() / table).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found = catalog.find(row["instance_type"])
            assert found is not None
            computed = (
                found.allocatable_cpu_m,
                found.allocatable_memory_mib(),
                found.allocatable_ephemeral_gib(),
            )
            stated = tuple(int(row[f"allocatable_{each}"]) for each in _FIGURES)
            if computed != stated:
                different.append((found.name, computed, stated))
    assert different == []


_FIGURES = ("cpu_m", "memory_mib", "ephemeral_gib")


@pytest.mark.parametrize(("vcpu", "millicores"), [(1, 60), (2, 70), (3, 75), (4, 80), (192, 550)])
def test_the_kubelet_keeps_less_of_each_further_core(vcpu: int, millicores: int) -> None:
    """6 % of the first core, 1 % of the second, 0.5 % of two more, 0.25 % of the rest."""
    assert reserved_cpu_m(vcpu) == millicores


def test_fewer_pods_leave_more_memory() -> None:
    """11 MiB for each pod that the kubelet need not expect."""
    node = machine(pods=58)
    assert reserved_memory_mib(58) == 893
    assert node.allocatable_memory_mib(pods=8) - node.allocatable_memory_mib() == 550
    assert node.allocatable_memory_mib() - node.allocatable_memory_mib(eviction_mib=300) == 200
    assert node.allocatable_memory_mib(overhead=Fraction(0)) == 16384 - 893 - 100


def test_a_machine_too_small_for_its_own_reserve_has_nothing_for_pods() -> None:
    """Never below zero, also for the smallest machines."""
    # 512 - 39 of the hypervisor - (255 + 4 x 11) of the kubelet - 100 until it evicts.
    assert machine(memory_mib=512, pods=4).allocatable_memory_mib() == 74
    assert machine(memory_mib=512, pods=110).allocatable_memory_mib() == 0
    assert machine().allocatable_ephemeral_gib(root_disk_gib=1) == 0


def test_local_disks_replace_the_root_volume_only_where_there_are_any() -> None:
    """RAID0 is in GB of the disks; a machine without them keeps to its root volume, in GiB."""
    with_disks, without = machine("m7gd.xlarge", nvme_gb=237), machine()
    assert with_disks.allocatable_ephemeral_gib(root_disk_gib=100) == 89
    # 237 GB are 220.7 GiB.
    assert with_disks.allocatable_ephemeral_gib(root_disk_gib=100, raid0=True) == 197
    assert without.allocatable_ephemeral_gib(root_disk_gib=100, raid0=True) == 89
