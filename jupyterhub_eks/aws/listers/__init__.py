"""One function per AWS service: yields the resources of an owner from its own API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.aws.listers import (
    backup,
    budgets,
    cognito,
    ec2,
    efs,
    eks,
    events,
    iam,
    kms,
    logs,
    secrets,
    sqs,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jupyterhub_eks.aws.ownership import Owner
    from jupyterhub_eks.aws.session import Clients
    from jupyterhub_eks.ports import Resource

    Lister = Callable[[Clients, Owner], Iterator[Resource]]

LISTERS: Final[Mapping[str, Lister]] = {
    "backup": backup.resources,
    "budgets": budgets.resources,
    "cognito-idp": cognito.resources,
    "ec2": ec2.resources,
    "efs": efs.resources,
    "eks": eks.resources,
    "events": events.resources,
    "iam": iam.resources,
    "kms": kms.resources,
    "logs": logs.resources,
    "secretsmanager": secrets.resources,
    "sqs": sqs.resources,
}
