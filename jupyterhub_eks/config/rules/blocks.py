"""IPv4 blocks: reading one, and finding one that is free."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RFC1918: Final = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
# Ranges for addresses that need not be unique in an organisation (EKS best practices).
SHARED: Final = tuple(map(IPv4Network, ("100.64.0.0/10", "198.19.0.0/16")))
TAKEN: Final = (
    (IPv4Network("172.17.0.0/16"), "Docker's bridge and some AWS services use"),
    (IPv4Network("172.20.0.0/16"), "EKS may use for Kubernetes Services"),
    (IPv4Network("10.100.0.0/16"), "EKS may use for Kubernetes Services"),
)
# Amazon VPC "VPC CIDR blocks": /16 at most; /20 leaves each of three zones room.
WIDEST: Final = 16
NARROWEST: Final = 20
_DEFAULT: Final = "10.1.0.0"


def block_fault(text: str) -> str:
    """Return why ``text`` is no IPv4 block, or nothing if it is one."""
    loose = read_loosely(text)
    if loose is None:
        return f"`{text}` is not an IPv4 block"
    if "/" not in text:
        return f"`{text}` is an address, not a block"
    if str(loose.network_address) != text.partition("/")[0]:
        return (
            f"`{text}` has bits set after the first {loose.prefixlen}; "
            "a block starts at its first address"
        )
    return ""


def read_loosely(text: str) -> IPv4Network | None:
    """Return the block around the address in ``text``, or ``None`` where there is no address."""
    try:
        return IPv4Network(text, strict=False)
    except ValueError:
        return None


def free_block(
    text: str, homes: Iterable[IPv4Network], avoid: Iterable[IPv4Network] = ()
) -> IPv4Network:
    """Return a block for a VPC that overlaps nothing known, as close to ``text`` as can be.

    Args:
        text: What was written, a block of any size and in any range, or anything else.
        homes: Ranges to take it from, the best first.
        avoid: Blocks it must not overlap, besides those that AWS and Docker take. One that
            is too wide for a VPC will not stay, and does not count.
    """
    near = read_loosely(text)
    prefix = near.prefixlen if near and "/" in text else WIDEST
    prefix = min(max(prefix, WIDEST), NARROWEST)
    occupied = [block for block in avoid if block.prefixlen >= WIDEST]
    occupied += [block for block, _ in TAKEN]
    # A range that was chosen is kept to, as long as it is one of those.
    ranges = sorted(homes, key=lambda home: not (near and near.overlaps(home)))
    for block in _candidates(near, prefix, ranges):
        inside = any(block.subnet_of(home) for home in ranges)
        if inside and not any(block.overlaps(other) for other in occupied):
            return block
    raise AssertionError("no block that is known fills a private range")


def _candidates(
    near: IPv4Network | None, prefix: int, ranges: list[IPv4Network]
) -> Iterator[IPv4Network]:
    if near:
        yield IPv4Network((near.network_address, prefix), strict=False)
    usual = IPv4Network((_DEFAULT, prefix))
    if usual.subnet_of(ranges[0]):
        yield usual
    for home in ranges:
        yield from home.subnets(new_prefix=prefix)
