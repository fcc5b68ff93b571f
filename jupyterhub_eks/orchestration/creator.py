"""EKS makes whoever creates a cluster its administrator, and refuses a second entry for them.

The stacks are written before the identity is known, and the same ones have to serve a later
deploy by somebody else. So the entry is not left out: it is refused, while there is no cluster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.orchestration.files import read_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.reports import StackNode
    from jupyterhub_eks.orchestration.session import Session

_CLUSTER_TYPE: Final = "aws_eks_cluster"


def refuse_entry_of_creator(
    session: Session, deployment: Deployment, nodes: Iterable[StackNode]
) -> None:
    """Refuse ``cluster.admins`` that name the identity which is about to create the cluster.

    Raises:
        PreflightError: They do; AWS would answer with a conflict after some ten minutes.
    """
    admins = deployment.settings.cluster.admins
    if not admins or not any(_creates_cluster(session, node) for node in nodes):
        return
    caller = session.ctx.cloud.identity_arn()
    for arn in admins:
        if principal(arn) == principal(caller):
            raise PreflightError(
                f"cluster.admins names {arn}, the identity that deploys",
                cause="EKS makes whoever creates a cluster its administrator, and refuses a "
                "second entry for the same identity",
                hint="take it out of cluster.admins: it is administrator anyway",
            )


def _creates_cluster(session: Session, node: StackNode) -> bool:
    declared = read_document(node.directory).get("resource", {})
    if _CLUSTER_TYPE not in declared:
        return False
    return all(each.type != _CLUSTER_TYPE for each in session.state(node.name).resources)


def principal(arn: str) -> tuple[str, ...]:
    """Return what identifies the principal behind an ARN of IAM or STS.

    A session of a role (``sts``, ``assumed-role/NAME/SESSION``) is the role
    (``iam``, ``role/PATH/NAME``): names of roles, and of users, are unique whatever the path.
    """
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return (arn,)
    _, partition, service, _, account, resource = parts
    kind, *names = resource.split("/")
    if service == "sts" and kind == "assumed-role" and names:
        return (partition, account, "role", names[0])
    return (partition, account, kind, *names[-1:])
