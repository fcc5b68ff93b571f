"""What a deployment has in the account, asked from each service itself.

No record and no state file is consulted: this is the proof that nothing is left.
A service that cannot be asked is an error, never an empty list.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.aws.listers import LISTERS
from jupyterhub_eks.aws.ownership import DeploymentOwner, TaggedOwner
from jupyterhub_eks.aws.session import explain
from jupyterhub_eks.errors import DeployerError, PreflightError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.aws.listers import Lister
    from jupyterhub_eks.aws.ownership import Owner
    from jupyterhub_eks.aws.session import Clients
    from jupyterhub_eks.ports import Resource

_THREADS: Final = 8


def find_resources(clients: Clients, deployment: str) -> tuple[Resource, ...]:
    """Return every resource that carries the deployment's tag or name, sorted.

    Raises:
        PreflightError: At least one service could not be asked; all are named.
    """
    return list_all(clients, DeploymentOwner(deployment), LISTERS)


def find_owned(clients: Clients, deployment: str) -> tuple[Resource, ...]:
    """Return every resource that carries the deployment's tag, or is part of one that does.

    Names decide nothing here: what another deployment, EKS or a controller made is left out.

    Raises:
        PreflightError: At least one service could not be asked; all are named.
    """
    return list_all(clients, TaggedOwner(deployment), LISTERS)


def list_all(clients: Clients, owner: Owner, listers: Mapping[str, Lister]) -> tuple[Resource, ...]:
    """Ask all services at the same time and return what they have of ``owner``."""
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="inventory") as pool:
        asked: dict[str, Future[tuple[Resource, ...]]] = {
            service: pool.submit(_ask, lister, clients, owner)
            for service, lister in listers.items()
        }
    failed = [
        explain(error, f"list the resources of {service}")
        for service, future in asked.items()
        if (error := _error(future)) is not None
    ]
    if failed:
        raise _combined(failed)
    return tuple(sorted(item for future in asked.values() for item in future.result()))


def _ask(lister: Lister, clients: Clients, owner: Owner) -> tuple[Resource, ...]:
    return tuple(lister(clients, owner))


def _error(future: Future[tuple[Resource, ...]]) -> Exception | None:
    error = future.exception()
    if error is not None and not isinstance(error, Exception):
        raise error  # an interrupt is not a failure of the service
    return error


def _combined(failed: list[DeployerError]) -> DeployerError:
    if len(failed) == 1:
        return failed[0]
    return PreflightError(
        f"{len(failed)} AWS services could not be asked",
        cause="\n".join(f"{error.message}: {error.cause}" for error in failed),
        hint=failed[0].hint,
    )
