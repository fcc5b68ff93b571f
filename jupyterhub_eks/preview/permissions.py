"""What a preview has to be allowed in somebody's cluster, asked of that cluster itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lightkube import Client


@dataclass(frozen=True)
class Permission:
    """One thing that is done.

    Attributes:
        verb: As the API calls it.
        resource: Plural.
        namespaced: Whether it is done in the preview's namespace only.
    """

    verb: str
    resource: str
    namespaced: bool = True

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.verb} {self.resource}{' in its namespace' if self.namespaced else ''}"


_OF_CLUSTER: Final = {"namespaces": ("create", "get", "delete"), "nodes": ("list",)}
_OF_NAMESPACE: Final = {
    "pods": ("create", "get", "list", "watch", "delete"),
    "events": ("list", "watch"),
    "secrets": ("create",),
    "serviceaccounts": ("create", "list"),
}
NEEDED: Final = (
    *(Permission(verb, name, False) for name, verbs in _OF_CLUSTER.items() for verb in verbs),
    *(Permission(verb, name) for name, verbs in _OF_NAMESPACE.items() for verb in verbs),
)


def require_permissions(client: Client, context: str, namespace: str) -> None:
    """Check that everything is allowed.

    Raises:
        ClusterError: Something is not; names all of it. Or the API does not answer.
    """
    missing = [str(each) for each in _missing(client, namespace)]
    if missing:
        raise ClusterError(
            f"you may not do in {context} what a preview needs",
            cause="missing: " + ", ".join(missing),
            hint="ask an administrator of the cluster for these permissions, "
            "or use `jhub preview --cluster`, which needs none",
        )


def _missing(client: Client, namespace: str) -> Iterator[Permission]:
    from lightkube.models.authorization_v1 import (  # noqa: PLC0415 - slow to load
        ResourceAttributes,
        SelfSubjectAccessReviewSpec,
    )
    from lightkube.resources.authorization_v1 import (  # noqa: PLC0415 - as above
        SelfSubjectAccessReview,
    )

    for each in NEEDED:
        asked = ResourceAttributes(
            verb=each.verb,
            resource=each.resource,
            namespace=namespace if each.namespaced else None,
        )
        spec = SelfSubjectAccessReviewSpec(resourceAttributes=asked)
        answer = client.create(SelfSubjectAccessReview(spec=spec))
        if answer.status is None or not answer.status.allowed:
            yield each
