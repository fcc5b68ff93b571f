"""Which configured resources exist already and are the deployment's, for adoption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.aws.finders import FINDERS
from jupyterhub_eks.aws.matching import Search
from jupyterhub_eks.aws.ownership import DeploymentOwner
from jupyterhub_eks.aws.session import explain
from jupyterhub_eks.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterhub_eks.aws.session import Clients
    from jupyterhub_eks.ports import Wanted


def find_existing(clients: Clients, deployment: str, wanted: Iterable[Wanted]) -> dict[str, str]:
    """Return the import id, by address, of each wanted resource that exists and is tagged.

    Types without a finder are passed over (see :mod:`jupyterhub_eks.aws.finders`).

    Raises:
        PreflightError: A service could not be asked, or AWS is still making something.
    """
    owner = DeploymentOwner(deployment)
    found: dict[str, str] = {}
    for each in wanted:
        finder = FINDERS.get(each.type)
        if finder is None:
            continue
        try:
            identifier = finder(Search(clients, owner, each.settings))
        except DeployerError:
            raise
        except Exception as error:
            raise explain(error, f"look for {each.address}") from error
        if identifier:
            found[each.address] = identifier
    return found
