"""How many resources of deployments an account has, by service."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.aws.inventory import list_all
from jupyterhub_eks.aws.listers import LISTERS, acm, route53
from jupyterhub_eks.aws.ownership import AnyDeployment
from jupyterhub_eks.aws.session import Clients

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyterhub_eks.aws.listers import Lister
    from jupyterhub_eks.ports import Resource

# What a deployment in the embedded account consists of.
COUNTED: Final[Mapping[str, Lister]] = {
    **LISTERS,
    "acm": acm.resources,
    "route53": route53.resources,
}


def count_resources(env: Mapping[str, str], regions: Iterable[str]) -> dict[str, int]:
    """Return {service: number of resources} of all deployments in ``regions``.

    For the embedded account, in which there is nothing else.

    A resource that is not regional (IAM) is counted once.
    """
    found: set[Resource] = set()
    for region in regions:
        found.update(list_all(Clients(region, env), AnyDeployment(), COUNTED))
    return dict(sorted(Counter(item.service for item in found).items()))
