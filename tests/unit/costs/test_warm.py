"""What pools keep ready costs at all hours, and is part of the idle floor."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.costs.estimate import estimate
from tests.support.hub import deployment
from tests.support.prices import price_table
from tests.unit.costs.test_floor import TODAY

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.costs.estimate import Estimate

FLOOR = Decimal("293.473")
MACHINE, DISK = Decimal(146), Decimal("7.3")  # m7i.xlarge and 100 GiB, a month
BESIDE = {"name": "b", "resources": {"requests": {"cpu": "500m"}}}
# Three of these fit on m7i.xlarge, seven on m7i.2xlarge.
SERVER = {
    "cpu": {"guarantee": 1, "limit": 1},
    "memory": {"guarantee": "4G", "limit": "4G"},
}


def found_for(
    folder: Path, warm: dict[str, int], hourly: dict[str, str] | None = None, **pool: Any
) -> Estimate:
    """Return the estimate of a pool that keeps something ready."""
    profiles = {
        "pools": {
            "p": {
                "instances": ["m7i.xlarge", "m7i.2xlarge"],
                "disk_gib": 100,
                "max": {"cpu": 20},
                "warm": warm,
                **pool,
            }
        },
        "profiles": [{"name": "P", "pool": "p", "default": True, **SERVER}],
    }
    prices = price_table(folder, hourly=hourly)
    return estimate(deployment(profiles, region="us-east-1"), prices, TODAY)


def test_nodes_that_always_run(tmp_path: Path) -> None:
    """The cheapest machine with its disk, as many as are kept, beside the limit of the pool."""
    none, two = found_for(tmp_path / "a", {}), found_for(tmp_path / "b", {"nodes": 2})

    assert none.floor.monthly == FLOOR
    assert two.floor.monthly == FLOOR + 2 * (MACHINE + DISK)
    assert none.worst.hourly is not None
    assert two.worst.hourly is not None
    # Outside of `max`, so they come on top of a pool at its limit.
    assert (two.worst.hourly - none.worst.hourly) * 730 == 2 * (MACHINE + DISK)


def test_room_for_servers(tmp_path: Path) -> None:
    """Four servers take one large node: two small ones cost as much, and a disk more."""
    found = found_for(tmp_path, {"servers": 4})
    (line,) = (each for each in found.floor.lines if each.key == "warm-room-p")

    assert (line.what, line.count) == ("p: room for servers m7i.2xlarge", 1)
    assert found.floor.monthly == FLOOR + 2 * MACHINE + DISK


def test_room_is_within_the_limit(tmp_path: Path) -> None:
    """What counts to a pool's limit is not counted twice in the worst case."""
    none, some = found_for(tmp_path / "a", {}), found_for(tmp_path / "b", {"servers": 4})

    assert some.floor.monthly > none.floor.monthly
    assert some.worst.hourly == none.worst.hourly


def test_without_a_price(tmp_path: Path) -> None:
    """Nodes of an unknown price are named, not free."""
    found = found_for(tmp_path, {"nodes": 1, "servers": 1}, hourly={"m7i.large": "0.1"})

    assert found.floor.unpriced == ("p: warm nodes", "p: room for servers")


def test_a_limit_of_nodes(tmp_path: Path) -> None:
    """It holds every pool: as many of the dearest machine."""
    found = found_for(tmp_path, {}, max={"nodes": 3})

    (pool,) = found.worst.pools
    assert (pool.machines, pool.limit) == ("3 x m7i.2xlarge", "nodes")
    assert pool.hourly == 3 * Decimal("0.41")


def test_room_is_for_servers_as_they_are(tmp_path: Path) -> None:
    """Amounts of ``hub_values`` and of a profile's own settings decide, also between profiles."""
    small = {"name": "Small", "pool": "p", "default": True}
    large = {"name": "Large", "pool": "p", "kubespawner_override": {"mem_guarantee": "10G"}}
    pool = {"instances": ["m7i.xlarge", "m7i.2xlarge"], "disk_gib": 100, "warm": {"servers": 3}}
    hub_values = {"singleuser": {"cpu": {"guarantee": 2}, "extraContainers": [BESIDE]}}
    found = estimate(
        deployment(
            {"pools": {"p": pool}, "profiles": [small, large]},
            region="us-east-1",
            hub_values=hub_values,
        ),
        price_table(tmp_path),
        TODAY,
    )
    (line,) = (each for each in found.floor.lines if each.key == "warm-room-p")

    # Two of 2.5 cores and 10 GiB are on m7i.2xlarge, one on m7i.xlarge.
    assert (line.what, line.count) == ("p: room for servers m7i.xlarge", 3)
