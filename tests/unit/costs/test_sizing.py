"""Machines for a number of users."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import CpuRange, MemoryRange, ProfilesFile
from jupyterhub_eks.costs.prices import prices_in
from jupyterhub_eks.costs.sizing import size_for
from jupyterhub_eks.costs.sizing_model import Need
from jupyterhub_eks.placement.proof import prove
from tests.support.prices import MACHINES, price_table
from tests.unit.costs.test_floor import TODAY

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.costs.sizing_model import Sizing


def need(users: int = 60, concurrent: int = 40, **more: Any) -> Need:
    """Return a need of servers with one core and 4 GB."""
    values: dict[str, Any] = {
        "memory": "4G",
        "cpu": 1,
        "gpu": 0,
        "hours": Decimal(60),
        "home_gib": Decimal(5),
    }
    return Need(users=users, concurrent=concurrent, **values | more)


def sized(users: int = 60, concurrent: int = 40, **more: Any) -> Sizing:
    """Return what is proposed in us-east-1 with the prices of this release."""
    return size_for(need(users, concurrent, **more), prices_in("us-east-1"), TODAY)


def test_with_round_prices(tmp_path: Path) -> None:
    """Of two sizes of a family, the one with less waste over a day."""
    found = size_for(need(20, 12), price_table(tmp_path), TODAY)
    (best,) = found.proposals

    # 3 on a node: 1, 2, 3 and 4 nodes of 0.21 are 2.10. 7: 1, 1, 2 and 2 of 0.41 are 2.46.
    assert (best.machine.name, best.users, best.nodes) == ("m7i.xlarge", 3, 4)
    assert best.hourly == 4 * Decimal("0.21")
    assert best.user_hourly == Decimal("0.21") / 3
    assert found.pool
    assert found.pool.max == {"cpu": 16}


def test_all_find_room() -> None:
    """Nodes and users of each proposal hold all who are there, and one node less does not."""
    for each in sized().proposals:
        assert each.nodes * each.users >= 40
        assert (each.nodes - 1) * each.users < 40


def test_the_limit_lets_all_in() -> None:
    """With either machine of the pool alone, all have room within its limit."""
    found = sized()
    assert found.pool
    both = found.proposals[:2]

    assert found.pool.instances == tuple(each.machine.name for each in both)
    assert found.pool.max["cpu"] == max(each.nodes * each.machine.vcpu for each in both)


def test_gpus() -> None:
    """Machines have the GPUs that are asked for, and the limit is in GPUs."""
    found = sized(10, 4, gpu=1, memory="16G", cpu=2)

    assert all(each.machine.gpu_count >= 1 for each in found.proposals)
    assert found.pool
    assert found.pool.max == {"gpu": 4}


def test_one_machine_for_few() -> None:
    """For three at once a single server is enough and cheaper than a control plane."""
    found = sized(5, 3)
    rates = found.month.by_profile[0] if found.month else None

    assert found.single
    assert rates
    assert found.single.monthly < rates.average
    # 3 x 4 GB and 128 MB; 5 x 5 GiB and 2 GiB.
    assert found.single.machine.memory_mib * 2**20 >= 3 * 4 * 10**9 + 128 * 10**6
    assert found.single.disk_gib == 27


def test_no_machine_for_thousands() -> None:
    """Where all at once fit on no machine there is no single server."""
    assert sized(5000, 3000).single is None


def test_a_server_that_no_machine_holds(tmp_path: Path) -> None:
    """Nothing is proposed, and what was looked at is known."""
    found = size_for(need(memory="900G"), price_table(tmp_path), TODAY)

    assert found.proposals == ()
    assert found.largest
    assert found.largest.name == "m7i.2xlarge"


def test_without_prices(tmp_path: Path) -> None:
    """Machines without a price are not proposed, and that is known."""
    found = size_for(need(), price_table(tmp_path, hourly={}), TODAY)

    assert (found.proposals, found.unpriced) == ((), True)


@pytest.mark.parametrize("memory", ["1G", "4G", "16G"])
def test_amounts_fill_a_node_exactly(memory: str) -> None:
    """As many servers as promised fit on the node, and not one more."""
    found = sized(memory=memory)
    assert found.pool
    assert found.profile
    assert found.fillings
    pool = found.pool.model_copy(
        update={"instances": (found.proposals[0].machine.name,), "max": {}}
    )
    for each in found.fillings:
        profile = found.profile.model_copy(
            update={
                "cpu": CpuRange(guarantee=each.cpu, limit=each.cpu),
                "memory": MemoryRange(guarantee=each.memory, limit=each.memory),
            }
        )
        profiles = ProfilesFile(pools={"users": pool}, profiles=(profile,))
        deployment = Deployment(settings=DeploymentFile(region="us-east-1"), profiles=profiles)
        (verdict,) = prove(deployment, prices_in("us-east-1").machines)
        assert [fit.users for fit in verdict.machines] == [each.users]


def test_more_users_never_cost_less(tmp_path: Path) -> None:
    """With one size to choose, neither the hour of all nor the month goes down."""
    hourly = {"m7i.large": "0.1", "m7i.xlarge": "0.2"}
    small = tuple(each for each in MACHINES if each.name in hourly)
    prices = price_table(tmp_path, machines=small, hourly=hourly)
    before = (Decimal(0), Decimal(0))
    for users in range(1, 40):
        found = size_for(need(users, users, memory="9G"), prices, TODAY)
        (best,) = found.proposals
        rates = found.month.by_profile[0] if found.month else None
        assert rates
        after = (best.hourly, rates.average)
        assert after[0] >= before[0]
        assert after[1] > before[1]
        before = after


@pytest.mark.parametrize("memory", ["1G", "3G", "4G", "16G"])
def test_the_users_that_are_proposed_have_a_line(memory: str) -> None:
    """Whoever goes by the proposal finds the amounts for it, whatever its number."""
    found = sized(memory=memory)

    assert found.proposals[0].users in [each.users for each in found.fillings]
    users = [each.users for each in found.fillings]
    assert users == sorted(set(users))


def test_a_gpu_is_not_what_everybody_gets() -> None:
    """The profile with the GPU has its image; the preselected one has no GPU, but room for all."""
    found = sized(10, 4, gpu=1, memory="16G", cpu=2)
    assert found.profiles
    with_gpu, small = found.profiles.profiles

    assert (with_gpu.gpu, with_gpu.default, list(with_gpu.images)) == (1, False, ["PyTorch"])
    assert (small.gpu, small.default) == (0, True)
    assert small.pool in found.profiles.pools
    assert small.pool != with_gpu.pool


def test_a_shared_gpu_costs_less() -> None:
    """With servers that need little besides, up to four of them share one."""
    found = sized(20, 8, gpu=1, memory="2G", cpu=0.5)
    assert found.shared

    assert found.shared.users == 4
    assert found.shared.nodes == 2
    assert found.shared.hourly < found.proposals[0].hourly
