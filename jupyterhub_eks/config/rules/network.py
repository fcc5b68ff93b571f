"""Rules for ``network``: address ranges, zones and the adopted VPC."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.regions import USABLE_ZONES
from jupyterhub_eks.config.rules.finding import Finding, Path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.config.network import ExistingNetwork

_RFC1918: Final = tuple(
    ipaddress.IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)
# Ranges for addresses that need not be unique in an organisation (EKS best practices).
_SHARED: Final = tuple(ipaddress.IPv4Network(block) for block in ("100.64.0.0/10", "198.19.0.0/16"))
_TAKEN: Final = (
    (ipaddress.IPv4Network("172.17.0.0/16"), "Docker's bridge and some AWS services use"),
    (ipaddress.IPv4Network("172.20.0.0/16"), "EKS may use for Kubernetes Services"),
    (ipaddress.IPv4Network("10.100.0.0/16"), "EKS may use for Kubernetes Services"),
)
_SUBNET_ID = re.compile(r"subnet-[0-9a-f]{8,17}")
_CIDR: Path = ("network", "cidr")
_SECONDARY: Path = ("network", "secondary_cidr")
_NOT_USED: Final = ("cidr", "zones", "nat", "secondary_cidr", "interface_endpoints")


def network_rules(settings: DeploymentFile) -> Iterator[Finding]:
    """Yield findings about the VPC."""
    if settings.network.existing is not None:
        yield from _existing(settings, settings.network.existing)
        return
    yield from _zones(settings)
    primary, fault = parse_block(settings.network.cidr)
    if fault:
        yield Finding(path=_CIDR, message=fault[0], hint=fault[1])
    elif primary:
        yield from _block(_CIDR, primary, _RFC1918)
    if settings.network.secondary_cidr is not None:
        yield from _secondary(settings.network.secondary_cidr, primary)


def parse_block(text: str) -> tuple[ipaddress.IPv4Network | None, tuple[str, str] | None]:
    """Return an IPv4 block, or message and hint that say why ``text`` is none."""
    try:
        return ipaddress.IPv4Network(text), None
    except ValueError:
        pass
    try:
        loose = ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        shape = "write four numbers from 0 to 255 and a prefix length, e.g. `10.1.0.0/16`"
        return None, (f"`{text}` is not an IPv4 block", shape)
    bits = f"`{text}` has bits set after the first {loose.prefixlen}"
    return None, (f"{bits}; a block starts at its first address", f"write `{loose}`")


def _zones(settings: DeploymentFile) -> Iterator[Finding]:
    usable = USABLE_ZONES.get(settings.region)
    wanted = settings.network.zones
    if usable is None or wanted <= usable:
        return
    area = settings.region.split("-")[0]
    near = [name for name, zones in USABLE_ZONES.items() if zones >= 3 and name.startswith(area)]
    hint = f"choose another region: {', '.join(near)}" if usable < 3 else f"write `zones: {usable}`"
    yield Finding(
        path=("network", "zones") if usable >= 3 else ("region",),
        message=f"`{settings.region}` offers {usable} zones to EKS; {wanted} are wanted",
        hint=hint,
        also=(("region",), ("network", "zones")),
    )


def _block(
    path: Path, block: ipaddress.IPv4Network, ranges: tuple[ipaddress.IPv4Network, ...]
) -> Iterator[Finding]:
    if not 16 <= block.prefixlen <= 20:
        size = "large; AWS takes at most /16" if block.prefixlen < 16 else "small for three zones"
        yield Finding(
            path=path,
            message=f"`{block}` is too {size}",
            hint=f"write a block from /16 to /20, e.g. `{block.network_address}/16`"
            if int(block.network_address) % 65536 == 0
            else "write a block from /16 to /20",
        )
        return
    if not any(block.subnet_of(allowed) for allowed in ranges):
        names = ", ".join(str(allowed) for allowed in ranges)
        yield Finding(
            path=path,
            message=f"`{block}` is not a private range",
            hint=f"take a block within {names}",
        )
    for taken, user in _TAKEN:
        if block.overlaps(taken):
            yield Finding(
                path=path,
                message=f"`{block}` overlaps {taken}, which {user}",
                hint="write another block, e.g. `10.1.0.0/16`",
            )


def _secondary(text: str, primary: ipaddress.IPv4Network | None) -> Iterator[Finding]:
    block, fault = parse_block(text)
    if fault:
        yield Finding(path=_SECONDARY, message=fault[0], hint=fault[1])
    if block is None:
        return
    yield from _block(_SECONDARY, block, (*_SHARED, *_RFC1918))
    if primary is None:
        return
    if block.overlaps(primary):
        yield Finding(
            path=_SECONDARY,
            message=f"`{block}` overlaps `cidr: {primary}`",
            hint="write a block outside it, e.g. `100.64.0.0/16`",
            also=(_CIDR,),
        )
    # Amazon VPC "IPv4 CIDR block association restrictions".
    homes = [home for home in _RFC1918 if block.subnet_of(home)]
    if homes and not any(primary.subnet_of(home) for home in homes):
        yield Finding(
            path=_SECONDARY,
            message=f"AWS does not add `{block}` to a VPC of `{primary}`: they are of different "
            "private ranges",
            hint=f"take a block within {homes[0]} for both, or `100.64.0.0/16`",
            also=(_CIDR,),
        )


def _existing(settings: DeploymentFile, existing: ExistingNetwork) -> Iterator[Finding]:
    base: Path = ("network", "existing")
    for key in ("private_subnet_ids", "public_subnet_ids"):
        ids: tuple[str, ...] = getattr(existing, key)
        for index, subnet in enumerate(ids):
            if not _SUBNET_ID.fullmatch(subnet):
                yield Finding(
                    path=(*base, key, index),
                    message=f"`{subnet}` is not a subnet id",
                    hint="write `subnet-` and 8 or 17 hexadecimal digits",
                )
            elif subnet in ids[:index]:
                yield Finding(
                    path=(*base, key, index),
                    message=f"`{subnet}` is listed twice",
                    hint="name one subnet per zone",
                )
    both = set(existing.private_subnet_ids) & set(existing.public_subnet_ids)
    if both:
        yield Finding(
            path=(*base, "public_subnet_ids"),
            message=f"{', '.join(sorted(both))} is listed as public and as private",
            hint="a subnet is public when its route table leads to an internet gateway",
        )
    if settings.access.effective_visibility == "public" and not existing.public_subnet_ids:
        yield Finding(
            path=(*base, "public_subnet_ids"),
            message="`access.visibility` is `public`, and no public subnet is named",
            hint="add `public_subnet_ids: […]`, or write `access: {visibility: internal}`",
            also=(("access", "visibility"), ("access", "domain")),
        )
    for key in _NOT_USED:
        if key in settings.network.model_fields_set:
            yield Finding(
                path=("network", key),
                message=f"`{key}` is not used: `existing` adopts a VPC as it is",
                hint=f"remove `{key}`, or remove `existing`",
                severity="warning",
            )
