"""Which machines hold a server, and how many of them."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.proof import Verdict, prove

ACCELERATED = {"cpu": {"guarantee": 1, "limit": 2}, "memory": {"guarantee": "3G", "limit": "3G"}}


def verdict(pool: dict[str, Any], *, region: str = "us-west-2", **profile: Any) -> Verdict:
    """Prove one profile in one pool."""
    profiles = ProfilesFile.model_validate(
        {
            "pools": {"p": pool},
            "profiles": [{"name": "P", "pool": "p", "default": True, **profile}],
        }
    )
    (found,) = prove(
        Deployment(settings=DeploymentFile(region=region), profiles=profiles), catalog()
    )
    return found


def users(found: Verdict) -> dict[str, int]:
    """Return servers on an empty node, by machine."""
    return {each.machine.name: each.users for each in found.fits}


def obstacles(found: Verdict) -> dict[str, str]:
    """Return what is in the way, by machine."""
    return {each.machine.name: each.obstacle for each in found.fits if each.obstacle}


def test_a_server_shares_a_node_by_what_it_is_promised() -> None:
    """16 GiB less what the system keeps hold three times 4 GB."""
    found = verdict(
        {"instances": ["m7i.xlarge"]},
        cpu={"guarantee": 1, "limit": 4},
        memory={"guarantee": "4G", "limit": "8G"},
    )

    assert users(found) == {"m7i.xlarge": 3}


@pytest.mark.parametrize(
    ("cpu", "memory", "obstacle"),
    [(3.73, "1G", None), (3.74, "1G", "cpu_m"), (1, "14.5G", None), (1, "15.5G", "memory")],
)
def test_the_last_that_fits_and_the_first_that_does_not(
    cpu: float, memory: str, obstacle: str | None
) -> None:
    """4 cores less 80m for the system and 190m for the add-ons are 3.73."""
    found = verdict(
        {"instances": ["m7i.xlarge"]},
        cpu={"guarantee": cpu, "limit": cpu},
        memory={"guarantee": memory, "limit": memory},
    )

    assert obstacles(found).get("m7i.xlarge") == obstacle


def test_slices_are_places() -> None:
    """Four slices of the one GPU of a machine, although its memory would hold more servers."""
    sliced = {"sharing": "time-slicing", "slices": 4}

    found = verdict({"instances": ["g6.2xlarge"], "gpu": sliced}, gpu=1, **ACCELERATED)

    assert users(found) == {"g6.2xlarge": 4}


def test_memory_may_hold_fewer_than_there_are_slices() -> None:
    """A g6.xlarge has 16 GiB: two servers of 6 GB, and two slices stay free."""
    sliced = {"sharing": "time-slicing", "slices": 4}
    memory = {"guarantee": "6G", "limit": "6G"}

    found = verdict({"instances": ["g6.xlarge"], "gpu": sliced}, gpu=1, memory=memory)

    assert users(found) == {"g6.xlarge": 2}


def test_partitions_are_places() -> None:
    """A quarter of an RTX PRO 6000 for each of four."""
    mig = {"sharing": "mig", "profile": "1g.24gb"}

    assert users(verdict({"instances": ["g7e.2xlarge"], "gpu": mig}, gpu=1, **ACCELERATED)) == {
        "g7e.2xlarge": 4
    }


def test_a_fraction_of_a_gpu_is_one_device() -> None:
    """EC2 counts none; what is deployed says otherwise."""
    assert users(verdict({"instances": ["g6f.large"]}, gpu=1)) == {"g6f.large": 1}


def test_more_devices_than_a_machine_has() -> None:
    """Two GPUs on machines of one, three Neuron devices on one of a single."""
    assert obstacles(verdict({"instances": ["g6.xlarge"]}, gpu=2)) == {"g6.xlarge": "gpu"}
    assert obstacles(verdict({"instances": ["inf2.xlarge"]}, neuron=3)) == {"inf2.xlarge": "neuron"}


def test_a_region_without_the_machine() -> None:
    """There is room, and nobody to give it."""
    found = verdict({"instances": ["trn1.2xlarge"]}, region="eu-west-1", neuron=1)

    assert obstacles(found) == {"trn1.2xlarge": "region"}
    assert not found.starts


def test_a_region_of_which_nothing_is_known_is_not_held_against_it() -> None:
    """The zones are unknown then, not none."""
    found = verdict({"instances": ["m7i.xlarge"]}, region="us-gov-west-1")

    assert [each.zones for each in found.machines] == [None]


def test_a_pool_that_may_not_have_a_single_node() -> None:
    """Karpenter starts no machine that exceeds the pool's upper limit."""
    found = verdict({"instances": ["m7i"], "sizes": ["xlarge", "2xlarge"], "max": {"cpu": 4}})

    assert obstacles(found) == {"m7i.2xlarge": "limit"}


def test_families_without_sizes_leave_the_larger_machines_out() -> None:
    """As the requirements say that are deployed: one GPU each, and no bare metal."""
    gpus = {each.machine.gpu_count for each in verdict({"instances": ["g6"]}, gpu=1).fits}
    metal = [each for each in users(verdict({"instances": ["m7i"]})) if "metal" in each]

    assert (gpus, metal) == ({1}, [])


def test_machines_that_nobody_knows_leave_the_verdict_open() -> None:
    """A type may be newer than what is known; that is no proof against it."""
    found = verdict({"instances": ["m99x.xlarge"]})

    assert found.is_open
    assert not found.starts
