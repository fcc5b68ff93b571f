"""The table of accelerators against Karpenter's list of EC2 types."""

from __future__ import annotations

from collections import defaultdict

import pytest

from jupyterhub_eks.config.pools import PoolConfig
from jupyterhub_eks.config.rules.accelerators import is_neuron, is_nvidia
from jupyterhub_eks.config.rules.mig import MIG_GPUS
from jupyterhub_eks.releases.families import DEVICE_COUNTS, GPU_COUNTS, kind_of
from tests.support.pools import EVERY_KIND, machines

FAMILY = "karpenter.k8s.aws/instance-family"
# Listed by EC2, but not on Karpenter's page (regions that the page does not cover).
ELSEWHERE = {"trn2": {1}}


def test_kinds_of_pools() -> None:
    """Any machine of a pool says what all of them are."""
    assert {name: kind_of(pool) for name, pool in EVERY_KIND.items()} == {
        "cpu": "cpu",
        "gpu-shared": "nvidia",
        "gpu-mig": "nvidia",
        "gpu": "nvidia",
        "trainium": "neuron",
        "inferentia": "neuron",
    }


@pytest.mark.parametrize(("known", "kind"), [("g6", "nvidia"), ("trn1", "neuron"), ("m7i", "cpu")])
def test_a_family_that_nobody_knows_does_not_say_what_a_pool_is(known: str, kind: str) -> None:
    """Wherever it stands among the others."""
    assert kind_of(PoolConfig(instances=(known, "zzz9"))) == kind
    assert kind_of(PoolConfig(instances=("zzz9", known))) == kind


def test_the_table_has_what_karpenter_lists() -> None:
    """Every family with NVIDIA GPUs or Neuron devices, with its numbers of them."""
    found: dict[str, set[int]] = defaultdict(set)
    for machine in machines():
        family = machine[FAMILY]
        for label in ("gpu", "accelerator"):
            count = machine.get(f"karpenter.k8s.aws/instance-{label}-count")
            if count is not None and (is_nvidia(family) or is_neuron(family)):
                found[family].add(int(count))
    listed = {
        family: set(counts) - ELSEWHERE.get(family, set())
        for family, counts in DEVICE_COUNTS.items()
    }
    assert listed == found


def test_every_number_of_gpus_is_covered() -> None:
    """Overlays are made for each number that a machine with whole GPUs has."""
    counts = {n for family, ns in DEVICE_COUNTS.items() if is_nvidia(family) for n in ns}
    assert counts - {0} == set(GPU_COUNTS)


def test_partitions_are_smaller_than_their_gpu() -> None:
    """All partitions of a profile together have at most the GPU's memory and seven units."""
    for gpu in MIG_GPUS:
        memory = float(gpu.key.rpartition(".")[2].removesuffix("gb"))
        for profile, count in gpu.slices.items():
            units, _, size = profile.partition("g.")
            assert 2 <= count <= 7
            assert int(units) * count <= 7
            # The name rounds to whole gigabytes.
            assert (float(size.removesuffix("gb")) - 0.5) * count <= memory
