"""Carve subnets out of the VPC's address ranges. Pure arithmetic.

A range is cut into eight equal slots. Slots 0 to 5 belong to the zones, so that
adding a zone later moves none of the others; the last slot holds the small public
subnets. A /16 gives private /19 and public /24, a /20 private /23 and public /26.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from itertools import islice
from typing import Final

SLOT_BITS: Final = 3
PUBLIC_BITS: Final = 8
# An application load balancer wants a /27 or larger with 8 free addresses; /26
# leaves room for a second one and the NAT gateway.
PUBLIC_SMALLEST_PREFIX: Final = 26
MAX_ZONES: Final = 6


@dataclass(frozen=True, kw_only=True)
class SubnetPlan:
    """Address ranges, one per zone, in zone order."""

    private: tuple[str, ...]
    public: tuple[str, ...]


def plan_subnets(cidr: str, zones: int) -> SubnetPlan:
    """Return private and public ranges for ``zones`` zones within ``cidr``.

    Args:
        cidr: IPv4 block of /16 to /20.
        zones: 3 to 6.

    Raises:
        ValueError: The block or the number of zones is out of range.
    """
    slots = _slots(cidr, zones)
    last = slots[-1]
    prefix = min(ipaddress.ip_network(cidr).prefixlen + PUBLIC_BITS, PUBLIC_SMALLEST_PREFIX)
    public = islice(last.subnets(new_prefix=prefix), zones)
    return SubnetPlan(
        private=tuple(str(slot) for slot in slots[:zones]),
        public=tuple(str(block) for block in public),
    )


def plan_node_subnets(secondary_cidr: str, zones: int) -> tuple[str, ...]:
    """Return the ranges of nodes and pods within the secondary block (facts 8, variant b).

    Raises:
        ValueError: The block or the number of zones is out of range.
    """
    return tuple(str(slot) for slot in _slots(secondary_cidr, zones)[:zones])


def _slots(cidr: str, zones: int) -> list[ipaddress.IPv4Network]:
    if not 1 <= zones <= MAX_ZONES:
        raise ValueError(f"{zones} zones do not fit, at most {MAX_ZONES} do")
    network = ipaddress.IPv4Network(cidr)
    # The VPC service takes blocks of /16 to /28; below /20 nodes would run out of addresses.
    if not 16 <= network.prefixlen <= 20:
        raise ValueError(f"{cidr} is not a block of /16 to /20")
    return list(network.subnets(prefixlen_diff=SLOT_BITS))
