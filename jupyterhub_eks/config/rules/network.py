"""Rules for ``network``: address ranges, zones and the adopted VPC."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.regions import USABLE_ZONES
from jupyterhub_eks.config.rules.blocks import (
    NARROWEST,
    RFC1918,
    SHARED,
    TAKEN,
    WIDEST,
    block_fault,
    free_block,
)
from jupyterhub_eks.config.rules.finding import Finding, Path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.config.network import ExistingNetwork

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
    cidr, secondary = settings.network.cidr, settings.network.secondary_cidr
    other = _block(secondary)
    homes = RFC1918
    if other and _block(cidr) is None:  # the second range cannot come from another private one
        homes = tuple(home for home in RFC1918 if other.subnet_of(home)) or RFC1918
    proposal = free_block(cidr, homes, [other] if other else [])
    yield from _vpc_range(_CIDR, cidr, RFC1918, proposal)
    if secondary is not None:
        yield from _secondary(secondary, _block(cidr), proposal)


def _block(text: str | None) -> IPv4Network | None:
    return None if text is None or block_fault(text) else IPv4Network(text)


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


def _vpc_range(
    path: Path, text: str, ranges: tuple[IPv4Network, ...], proposal: IPv4Network
) -> Iterator[Finding]:
    line = f"`{path[-1]}: {proposal}`"
    if fault := block_fault(text):
        yield Finding(path=path, message=fault, hint=f"write e.g. {line}")
        return
    block = IPv4Network(text)
    if not WIDEST <= block.prefixlen <= NARROWEST:
        size = "large; AWS takes at most /16" if block.prefixlen < WIDEST else "small for the zones"
        hint = f"write a block from /{WIDEST} to /{NARROWEST}, e.g. {line}"
        yield Finding(path=path, message=f"`{block}` is too {size}", hint=hint)
        return
    if not any(block.subnet_of(allowed) for allowed in ranges):
        names = ", ".join(str(allowed) for allowed in ranges)
        hint = f"take a block within {names}, e.g. {line}"
        yield Finding(path=path, message=f"`{block}` is not a private range", hint=hint)
    for taken, user in TAKEN:
        if block.overlaps(taken):
            message = f"`{block}` overlaps {taken}, which {user}"
            yield Finding(path=path, message=message, hint=f"write another block, e.g. {line}")


def _secondary(
    text: str, primary: IPv4Network | None, proposed_primary: IPv4Network
) -> Iterator[Finding]:
    # Amazon VPC "IPv4 CIDR block association restrictions": of one private range, or shared.
    homes = (*SHARED, *(home for home in RFC1918 if proposed_primary.subnet_of(home)))
    avoid = tuple(filter(None, (primary, proposed_primary)))
    proposal = free_block(text, homes, avoid)
    yield from _vpc_range(_SECONDARY, text, (*SHARED, *RFC1918), proposal)
    block = _block(text)
    if block is None or primary is None:
        return
    line = f"`{_SECONDARY[-1]}: {proposal}`"
    if block.overlaps(primary):
        yield Finding(
            path=_SECONDARY,
            message=f"`{block}` overlaps `cidr: {primary}`",
            hint=f"write a block outside it, e.g. {line}",
            also=(_CIDR,),
        )
    own = [home for home in RFC1918 if block.subnet_of(home)]
    if own and not any(primary.subnet_of(home) for home in own):
        yield Finding(
            path=_SECONDARY,
            message=f"AWS does not add `{block}` to a VPC of `{primary}`: they are of different "
            "private ranges",
            hint=f"write e.g. {line}, or take both from {own[0]}",
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
                    hint="write e.g. `subnet-0a1b2c3d4e5f60718`: `subnet-` and 8 or 17 digits and "
                    "letters a to f",
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
            hint="add e.g. `public_subnet_ids: [subnet-0c1d2e3f405162738, "
            "subnet-0d1e2f30415263748]`, or write `access: {visibility: internal}`",
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
