"""What keys of a pool mean for where a server starts, and with how many others."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.config.rules.zones import id_prefix
from jupyterhub_eks.instances.catalog import DATA, catalog
from tests.unit.placement.test_findings import findings
from tests.unit.placement.test_proof import obstacles, users, verdict

SMALL = {"cpu": {"guarantee": 0.1, "limit": 1}, "memory": {"guarantee": "1G", "limit": "1G"}}
GPU = {"gpu": 1, **SMALL}


def test_c1_a_dedicated_machine_has_one_user() -> None:
    """However much room there is, on machines with and without GPUs."""
    alone = verdict({"instances": ["m7i.4xlarge"], "dedicated": True}, **SMALL)
    shared = verdict({"instances": ["m7i.4xlarge"]}, **SMALL)
    gpus = verdict({"instances": ["g6.12xlarge"], "dedicated": True}, **GPU)
    assert users(alone) == {"m7i.4xlarge": 1}
    assert users(shared)["m7i.4xlarge"] > 10
    assert users(gpus) == {"g6.12xlarge": 1}


def test_each_gpu_model_has_its_own_number_of_partitions() -> None:
    """Four of an RTX PRO 6000, seven of an H100."""
    pool = {
        "instances": ["g7e.2xlarge", "g7e.12xlarge", "p5.4xlarge"],
        "gpu": {"sharing": "mig", "profile": "auto"},
    }
    found = users(verdict(pool, region="us-east-1", **GPU))
    assert found == {"g7e.2xlarge": 4, "g7e.12xlarge": 8, "p5.4xlarge": 7}


def test_users_of_mps_are_places() -> None:
    """As with time-slicing; the control daemon takes a pod of the node, as the plugin does."""
    pool = {"instances": ["g6.xlarge"], "gpu": {"sharing": "mps", "slices": 6}}
    sliced = {"instances": ["g6.xlarge"], "gpu": {"sharing": "time-slicing", "slices": 6}}
    (mps,) = verdict(pool, **GPU).fits
    (slicing,) = verdict(sliced, **GPU).fits
    assert mps.users == slicing.users == 6
    assert slicing.room.pods - mps.room.pods == 1


def test_a_machine_that_the_zones_do_not_offer() -> None:
    """Zone ids are known to the catalog; those of a machine are held against the pool's."""
    offers = catalog().offered("us-west-2")
    assert offers
    zones = offers.zones("trn1.2xlarge")
    others = [zone for zone in offers.all_zones if zone not in zones]
    assert zones
    assert others
    pool: dict[str, Any] = {"instances": ["trn1.2xlarge"]}

    inside = verdict({**pool, "zones": [zones[0], *others]}, neuron=1)
    outside = verdict({**pool, "zones": others}, neuron=1)

    assert [each.zones for each in inside.machines] == [(zones[0],)]
    assert obstacles(outside) == {"trn1.2xlarge": "region"}
    message = findings({**pool, "zones": others}, neuron=1)[0].message
    assert f"us-west-2 ({', '.join(others)}) does not offer trn1.2xlarge" in message


def test_names_of_zones_say_nothing() -> None:
    """Which zone a name means depends on the account."""
    found = verdict({"instances": ["m7i.xlarge"], "zones": ["us-west-2d"]})
    assert found.starts
    assert found.machines[0].zones == verdict({"instances": ["m7i.xlarge"]}).machines[0].zones


@pytest.mark.parametrize(
    "path", sorted((DATA / "offers").glob("*.txt")), ids=lambda path: path.stem
)
def test_ids_of_zones_begin_as_their_region_says(path: Any) -> None:
    """Of every region that is known; so an id of another region is told apart."""
    offers = catalog().offered(path.stem)
    assert offers
    assert {zone.partition("-az")[0] for zone in offers.all_zones} == {id_prefix(path.stem)}


def test_machines_of_another_architecture_or_without_disks_are_left_out() -> None:
    """As the requirements say that are deployed."""
    mixed = {"instances": ["m7i", "m7g"], "sizes": ["xlarge"], "architecture": "arm64"}
    disks = {"instances": ["m7gd"], "sizes": ["large", "4xlarge"], "local_disks_min_gb": 500}
    assert list(users(verdict(mixed))) == ["m7g.xlarge"]
    assert list(users(verdict(disks))) == ["m7gd.4xlarge"]


def test_local_disks_are_the_disk_of_the_node_where_they_are_used() -> None:
    """118 GB of a m7gd.large, or the root volume."""
    (used,) = verdict({"instances": ["m7gd.large"], "local_disks": "raid0"}).fits
    (ignored,) = verdict({"instances": ["m7gd.large"]}).fits
    assert used.room.disk > ignored.room.disk


def test_a_number_of_nodes_is_in_nobodys_way() -> None:
    """One machine is one node, and at least one is allowed."""
    assert verdict({"instances": ["m7i.xlarge"], "max": {"nodes": 1}}).starts


def test_what_is_proposed_meets_the_other_keys_of_the_pool() -> None:
    """Its architecture, disks and zones; else the next check would refuse it."""
    wanted = {"guarantee": "100G", "limit": "100G"}
    keys = {"architecture": "arm64", "local_disks_min_gb": 400}
    (found,) = findings({"instances": ["m7gd.large", "m7gd.2xlarge"], **keys}, memory=wanted)
    named = [word.strip("`") for word in found.hint.split() if "." in word and "`" in word]
    machines = [machine for name in named if (machine := catalog().find(name))]
    assert machines
    assert all(each.arch == "arm64" and each.nvme_gb >= 400 for each in machines)


def test_a_server_that_does_not_fit_on_the_nodes_that_always_run() -> None:
    """These are of the cheapest machine, since no pod asks for them."""
    pool = {"instances": ["m7i"], "sizes": ["xlarge", "4xlarge"], "warm": {"nodes": 1}}
    cpu = {"cpu": {"guarantee": 8, "limit": 8}}

    (found,) = findings(pool, **cpu)

    assert (found.path, found.severity) == (("pools", "p", "warm", "nodes"), "warning")
    assert "does not fit on m7i.xlarge" in found.message
    assert findings(pool, **SMALL) == []
    assert findings({**pool, "warm": {"servers": 1}}, **cpu) == []
