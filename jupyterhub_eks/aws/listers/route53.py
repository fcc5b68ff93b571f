"""Route 53: records, whoever made them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.aws.listers.paging import items
from jupyterhub_eks.ports import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.aws.ownership import Owner
    from jupyterhub_eks.aws.session import Clients

# Every zone has these from its beginning.
_OF_THE_ZONE: Final = frozenset({"NS", "SOA"})


def resources(clients: Clients, _: Owner) -> Iterator[Resource]:
    """Yield the records of all zones.

    A record takes no tags, so nobody can tell whose it is: this is for an account that holds
    nothing but deployments, such as the embedded one.
    """
    client = clients.get("route53")
    for zone in items(client, "list_hosted_zones", "HostedZones"):
        records = items(
            client, "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone["Id"]
        )
        for each in records:
            if each["Type"] not in _OF_THE_ZONE:
                yield Resource("route53", "record", f"{each['Name'].rstrip('.')} {each['Type']}")
