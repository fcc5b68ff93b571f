"""Capacity that was reserved in the emulated EC2, and which instance runs in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_OWNER = "123456789012"


@dataclass(kw_only=True)
class Reservation:
    """A capacity reservation that takes only those instances that name it.

    Attributes:
        id: As EC2 spells it, ``cr-…``.
        instance_type: Type of its instances.
        zone: Their zone.
        count: How many.
        tags: Its tags.
        holders: Ids of the instances that run in it.
    """

    id: str
    instance_type: str
    zone: str
    count: int
    tags: Mapping[str, str]
    holders: list[str] = field(default_factory=list)

    def takes(self, instance_type: str, zone: str) -> bool:
        """Whether it has room for an instance of a type in a zone."""
        fits = (self.instance_type, self.zone) == (instance_type, zone)
        return fits and len(self.holders) < self.count

    def has(self, filters: Mapping[str, str]) -> bool:
        """Whether it passes the filters of ``DescribeCapacityReservations``.

        Raises:
            ValueError: A filter is not known here.
        """
        known = {"state": "active", "owner-id": _OWNER, "instance-match-criteria": "targeted"}
        known |= {f"tag:{key}": value for key, value in self.tags.items()}
        if strange := [key for key in filters if key not in known and not key.startswith("tag:")]:
            raise ValueError(f"filters that are not known here: {strange}")
        return all(known.get(key) == value for key, value in filters.items())

    def as_xml(self) -> str:
        """Return it as EC2 describes it."""
        tags = "".join(
            f"<item><key>{escape(key)}</key><value>{escape(value)}</value></item>"
            for key, value in self.tags.items()
        )
        return (
            f"<item><capacityReservationId>{self.id}</capacityReservationId>"
            f"<ownerId>{_OWNER}</ownerId><instanceType>{self.instance_type}</instanceType>"
            f"<availabilityZone>{self.zone}</availabilityZone><state>active</state>"
            f"<totalInstanceCount>{self.count}</totalInstanceCount>"
            f"<availableInstanceCount>{self.count - len(self.holders)}</availableInstanceCount>"
            "<instanceMatchCriteria>targeted</instanceMatchCriteria>"
            f"<reservationType>default</reservationType><tagSet>{tags}</tagSet></item>"
        )


def described(reservations: Iterable[Reservation], form: Mapping[str, str]) -> str:
    """Answer ``DescribeCapacityReservations``.

    Args:
        reservations: What is reserved.
        form: The request.
    """
    filters = {
        value: form[f"{key.removesuffix('Name')}Value.1"]
        for key, value in form.items()
        if re.fullmatch(r"Filter\.\d+\.Name", key)
    }
    ids = {value for key, value in form.items() if key.startswith("CapacityReservationId.")}
    found = (
        each.as_xml() for each in reservations if each.has(filters) and (not ids or each.id in ids)
    )
    return f"<capacityReservationSet>{''.join(found)}</capacityReservationSet>"
