"""Which resources belong to a deployment.

The tag ``jhub.deployment`` decides, compared as a whole, so that deployment ``a``
never takes what belongs to ``a-b``. Where a service lists names without tags, the
beginning of the name only selects whom to ask for tags.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from jupyterhub_eks.naming import DEPLOYMENT_TAG

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# naming.resource_name shortens long names but keeps at least these characters of
# the deployment's (limit 50, minus hash and the longest suffix).
_PREFIX_LENGTH: Final = 10


class Owner(Protocol):
    """Whose resources are looked for."""

    @property
    def prefix(self) -> str:
        """Beginning of every name; may be empty."""

    @property
    def cluster(self) -> str | None:
        """Name of the EKS cluster; None: any."""

    def owns(self, tags: Mapping[str, str]) -> bool:
        """Whether the tags say that a resource is the owner's."""


class DeploymentOwner:
    """One deployment by its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def prefix(self) -> str:
        """Beginning of every name that the deployment gives."""
        return self.name[:_PREFIX_LENGTH]

    @property
    def cluster(self) -> str | None:
        """The cluster has the name of the deployment."""
        return self.name

    def owns(self, tags: Mapping[str, str]) -> bool:
        """Whether ``jhub.deployment`` is exactly this name."""
        return tags.get(DEPLOYMENT_TAG) == self.name


class TaggedOwner(DeploymentOwner):
    """One deployment by its tag alone."""

    @property
    def cluster(self) -> None:
        """The name of a cluster decides nothing."""
        return


class AnyDeployment:
    """Every deployment of the account."""

    prefix = ""
    cluster = None

    def owns(self, tags: Mapping[str, str]) -> bool:
        """Whether there is a ``jhub.deployment`` tag."""
        return DEPLOYMENT_TAG in tags


def made_by_cluster(owner: Owner, tags: Mapping[str, str]) -> bool:
    """Whether EKS, Karpenter or a controller in the owner's cluster made it.

    Such things (the cluster's security group, nodes, their volumes) carry the
    cluster's tags and not always the deployment's.
    """
    if owner.cluster is None:
        return False
    return tags.get(f"kubernetes.io/cluster/{owner.cluster}") == "owned" or owner.cluster in (
        tags.get("eks:cluster-name"),
        tags.get("eks:eks-cluster-name"),
        tags.get("aws:eks:cluster-name"),
    )


def tag_map(tags: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    """Return a list of ``Key``/``Value`` pairs, in either spelling, as a mapping."""
    found: dict[str, str] = {}
    for tag in tags or ():
        key = tag.get("Key") or tag.get("TagKey") or tag.get("key") or ""
        value = tag.get("Value") or tag.get("TagValue") or tag.get("value") or ""
        found[str(key)] = str(value)
    return found
