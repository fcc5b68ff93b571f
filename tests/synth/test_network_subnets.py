"""The arithmetic of subnets, which needs no cdktf."""

from __future__ import annotations

import ipaddress
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks.subnets import plan_node_subnets, plan_subnets


def block(prefix: int, number: int) -> str:
    """Return the ``number``-th block of that size within 10.0.0.0/8."""
    start = int(ipaddress.IPv4Address("10.0.0.0")) + number * 2 ** (32 - prefix)
    return str(ipaddress.IPv4Network((start, prefix)))


BLOCKS = st.builds(block, st.integers(16, 20), st.integers(0, 255))


def test_default_block_gives_wide_private_and_small_public_subnets() -> None:
    """A /16 is cut into private /19 and public /24, the public ones at its end."""
    plan = plan_subnets("10.1.0.0/16", 3)

    assert plan.private == ("10.1.0.0/19", "10.1.32.0/19", "10.1.64.0/19")
    assert plan.public == ("10.1.224.0/24", "10.1.225.0/24", "10.1.226.0/24")


@given(cidr=BLOCKS, zones=st.integers(3, 6))
def test_subnets_are_disjoint_and_inside_the_block(cidr: str, zones: int) -> None:
    """Whatever the block and number of zones, no two subnets overlap and none sticks out."""
    plan = plan_subnets(cidr, zones)
    nets = [ipaddress.ip_network(text) for text in (*plan.private, *plan.public)]

    assert len(nets) == 2 * zones
    assert all(net.subnet_of(ipaddress.ip_network(cidr)) for net in nets)  # type: ignore[arg-type]
    assert not any(a.overlaps(b) for a, b in combinations(nets, 2))


@given(cidr=BLOCKS, zones=st.integers(3, 5))
def test_one_more_zone_moves_no_subnet(cidr: str, zones: int) -> None:
    """The subnets of the first zones stay where they are when a zone is added."""
    before, after = plan_subnets(cidr, zones), plan_subnets(cidr, zones + 1)

    assert after.private[:zones] == before.private
    assert after.public[:zones] == before.public


@given(cidr=BLOCKS)
def test_public_subnets_hold_a_load_balancer(cidr: str) -> None:
    """Public subnets are /26 or larger: a load balancer wants at least a /27."""
    assert all(int(net.partition("/")[2]) <= 26 for net in plan_subnets(cidr, 6).public)


@pytest.mark.parametrize("cidr", ["10.0.0.0/15", "10.0.0.0/21", "10.0.0.1/16"])
def test_block_of_another_size_is_refused(cidr: str) -> None:
    """A block that AWS or the nodes could not live with is an error, not a strange plan."""
    with pytest.raises(ValueError, match="10"):
        plan_subnets(cidr, 3)


def test_seven_zones_are_refused() -> None:
    """There are slots for six zones; a seventh is an error, not an overlap."""
    with pytest.raises(ValueError, match="7 zones"):
        plan_subnets("10.0.0.0/16", 7)


def test_secondary_block_is_cut_for_the_nodes_alone() -> None:
    """Nodes and pods get an eighth of the secondary block in each zone."""
    assert plan_node_subnets("100.64.0.0/16", 3) == (
        "100.64.0.0/19",
        "100.64.32.0/19",
        "100.64.64.0/19",
    )
