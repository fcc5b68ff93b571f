"""The account as the orchestration sees it (:class:`jupyterhub_eks.ports.Cloud`)."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from jupyterhub_eks.aws.existing import find_existing
from jupyterhub_eks.aws.inventory import find_owned, find_resources
from jupyterhub_eks.aws.session import Clients, explain
from jupyterhub_eks.aws.state_bucket import ensure_state_bucket
from jupyterhub_eks.aws.sweep import Patience, sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jupyterhub_eks.ports import Resource, Wanted


class AwsCloud:
    """The AWS account, or the embedded one when ``env`` has its endpoint.

    Args:
        region: Region of the deployment.
        env: Variables of the target (:attr:`jupyterhub_eks.ports.Target.env`).
    """

    def __init__(self, region: str, env: Mapping[str, str]) -> None:
        self._clients = Clients(region, env)

    def account_id(self) -> str:
        """Return the 12-digit account of the credentials in use.

        Raises:
            PreflightError: There are no credentials, or AWS refuses them.
        """
        return self._identity["Account"]

    def identity_arn(self) -> str:
        """Return the ARN of the credentials in use; for a role that of its session.

        Raises:
            PreflightError: There are no credentials, or AWS refuses them.
        """
        return self._identity["Arn"]

    @cached_property
    def _identity(self) -> dict[str, str]:
        try:
            identity: dict[str, str] = self._clients.get("sts").get_caller_identity()
        except Exception as error:
            raise explain(error, "tell the AWS account") from error
        return identity

    def find_resources(self, deployment: str) -> tuple[Resource, ...]:
        """Return every resource of the deployment, sorted.

        Raises:
            PreflightError: At least one service could not be asked; all are named.
        """
        return find_resources(self._clients, deployment)

    def find_owned(self, deployment: str) -> tuple[Resource, ...]:
        """Return every resource that carries the deployment's tag, or is part of one that does.

        Raises:
            PreflightError: At least one service could not be asked; all are named.
        """
        return find_owned(self._clients, deployment)

    def find_existing(self, deployment: str, wanted: Iterable[Wanted]) -> dict[str, str]:
        """Return the import id of each wanted resource that exists and carries the tag.

        Raises:
            PreflightError: A service could not be asked, or AWS is still making something.
        """
        return find_existing(self._clients, deployment, wanted)

    def remove(
        self,
        deployment: str,
        resources: Iterable[Resource],
        on_removed: Callable[[Resource], None],
        check: Callable[[], None],
    ) -> dict[Resource, str]:
        """Remove what carries the deployment's tag; return what stays, and why.

        Raises:
            PreflightError: A service could not be asked what is left.
        """

        def pause(seconds: float) -> None:
            check()
            time.sleep(seconds)

        return sweep(self._clients, deployment, resources, on_removed, Patience(sleep=pause))

    def ensure_state_bucket(self, bucket: str, region: str) -> None:
        """Make the bucket of the ``s3`` backend, or check that it is ours and safe."""
        ensure_state_bucket(self._clients.get("s3"), bucket, region)
