"""AWS regions and how many of their zones a cluster can use.

Zone counts: `DescribeInstanceTypeOfferings` answers carried by moto 5.2.5 (2026-10),
the distinct zone ids per region, less the zones in which EKS does not place a
control plane (EKS user guide, "VPC and subnet requirements"). A region that is not
listed may be newer than the table.
"""

from __future__ import annotations

import re
from typing import Final

from jupyterhub_eks.suggest import closest

_OFFERED_ZONES: Final = {
    "af-south-1": 3,
    "ap-east-1": 3,
    "ap-northeast-1": 3,
    "ap-northeast-2": 4,
    "ap-northeast-3": 3,
    "ap-south-1": 3,
    "ap-south-2": 3,
    "ap-southeast-1": 3,
    "ap-southeast-2": 3,
    "ap-southeast-3": 3,
    "ap-southeast-4": 3,
    "ap-southeast-5": 3,
    "ca-central-1": 3,
    "ca-west-1": 3,
    "eu-central-1": 3,
    "eu-central-2": 3,
    "eu-north-1": 3,
    "eu-south-1": 3,
    "eu-south-2": 3,
    "eu-west-1": 3,
    "eu-west-2": 4,
    "eu-west-3": 3,
    "il-central-1": 3,
    "me-central-1": 3,
    "me-south-1": 3,
    "sa-east-1": 3,
    "us-east-1": 6,
    "us-east-2": 3,
    "us-west-1": 2,
    "us-west-2": 4,
}
# Of the zones counted above, those that EKS refuses.
EKS_REFUSED_ZONES: Final = {"us-east-1": ("use1-az3",)}

USABLE_ZONES: Final = {
    region: count - len(EKS_REFUSED_ZONES.get(region, ()))
    for region, count in _OFFERED_ZONES.items()
}

# The names by which the AWS console calls them.
_PLACES: Final = {
    "cape town": "af-south-1",
    "hong kong": "ap-east-1",
    "tokyo": "ap-northeast-1",
    "seoul": "ap-northeast-2",
    "osaka": "ap-northeast-3",
    "mumbai": "ap-south-1",
    "hyderabad": "ap-south-2",
    "singapore": "ap-southeast-1",
    "sydney": "ap-southeast-2",
    "jakarta": "ap-southeast-3",
    "melbourne": "ap-southeast-4",
    "malaysia": "ap-southeast-5",
    "canada": "ca-central-1",
    "calgary": "ca-west-1",
    "frankfurt": "eu-central-1",
    "zurich": "eu-central-2",
    "stockholm": "eu-north-1",
    "milan": "eu-south-1",
    "spain": "eu-south-2",
    "ireland": "eu-west-1",
    "london": "eu-west-2",
    "paris": "eu-west-3",
    "tel aviv": "il-central-1",
    "uae": "me-central-1",
    "bahrain": "me-south-1",
    "sao paulo": "sa-east-1",
    "virginia": "us-east-1",
    "ohio": "us-east-2",
    "california": "us-west-1",
    "oregon": "us-west-2",
}

_SHAPE = re.compile(
    r"(af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov)-"
    r"(central|north|south|east|west|northeast|northwest|southeast|southwest)-[1-9]"
)


def is_plausible(region: str) -> bool:
    """Whether an unlisted name is built like a region's, so that it may be a new one."""
    return _SHAPE.fullmatch(region) is not None


def region_meant(text: str) -> str | None:
    """Return the region that was probably meant: by a zone, a place, or one spelt alike."""
    name = text.strip().lower().replace("_", "-").replace(" ", "-")
    name = re.sub(r"(?<=\d)[a-z]$", "", name)
    words = name.replace("-", " ")
    if place := next((place for place in _PLACES if place in words), None):
        return _PLACES[place]
    return name if name in USABLE_ZONES else closest(name, USABLE_ZONES)
