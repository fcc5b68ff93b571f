"""ACM: certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.aws.listers.paging import items
from jupyterhub_eks.aws.ownership import tag_map
from jupyterhub_eks.ports import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.aws.ownership import Owner
    from jupyterhub_eks.aws.session import Clients


def resources(clients: Clients, owner: Owner) -> Iterator[Resource]:
    """Yield certificates by tag."""
    client = clients.get("acm")
    for each in items(client, "list_certificates", "CertificateSummaryList"):
        arn = each["CertificateArn"]
        if owner.owns(tag_map(client.list_tags_for_certificate(CertificateArn=arn).get("Tags"))):
            yield Resource("acm", "certificate", arn.rpartition("/")[2])
