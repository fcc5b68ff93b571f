"""How many resources of deployments an account has, by service."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from jupyterhub_eks.aws.inventory import list_all
from jupyterhub_eks.aws.listers import LISTERS
from jupyterhub_eks.aws.ownership import AnyDeployment
from jupyterhub_eks.aws.session import Clients

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyterhub_eks.ports import Resource


def count_resources(env: Mapping[str, str], regions: Iterable[str]) -> dict[str, int]:
    """Return {service: number of resources} of all deployments in ``regions``.

    A resource that is not regional (IAM) is counted once.
    """
    found: set[Resource] = set()
    for region in regions:
        found.update(list_all(Clients(region, env), AnyDeployment(), LISTERS))
    return dict(sorted(Counter(item.service for item in found).items()))
