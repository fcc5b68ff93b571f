"""Carried releases that somebody removed from the cluster behind Terraform's back.

The helm provider looks for each release when it plans. The resources that carry one are
Terraform's own and look for nothing, so the cluster is asked here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.cluster_port import Kind
from jupyterhub_eks.orchestration.carrying import (
    CARRIER_TYPE,
    CONTENT,
    UNREACHABLE,
    content_in_state,
    identity_in_state,
)
from jupyterhub_eks.orchestration.kubernetes import lives_in_cluster
from jupyterhub_eks.orchestration.release_folding import is_content

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterhub_eks.orchestration.session import Session
    from jupyterhub_eks.orchestration.statefile import StateResource

SECRET: Final = Kind("", "v1", "Secret", "secrets")
# Helm keeps a Secret for each revision of a release; one of them is what is deployed.
DEPLOYED: Final = {"owner": "helm", "status": "deployed"}


def lost_releases(session: Session, stack: str) -> tuple[str, ...]:
    """Return the addresses that must be replaced to have a stack's releases back.

    Raises:
        ClusterError: The API does not answer, or refuses.
        StateError: The state cannot be read.
    """
    ctx = session.ctx
    if not ctx.kubernetes.carries or not lives_in_cluster(ctx.workspace.stack_dir(stack)):
        return ()
    wanted = installed_in(session.state(stack).resources)
    api = ctx.kubernetes.open(ctx.workspace.name) if wanted else None
    if api is None:
        return ()
    there = {
        (each.namespace, each.labels.get("name")) for each in api.list(SECRET, labels=DEPLOYED)
    }
    return tuple(address for address, release in wanted.items() if release not in there)


def installed_in(resources: Iterable[StateResource]) -> dict[str, tuple[str, str]]:
    """Return namespace and name of each release that a state says is installed.

    By the address of what the release holds; a new one of that is an installation.
    """
    carriers = {each.address: each for each in resources if each.type == CARRIER_TYPE}
    found: dict[str, tuple[str, str]] = {}
    for address, content in carriers.items():
        release = carriers.get(address.removesuffix(CONTENT))
        if not is_content(address) or release is None:
            continue
        if content_in_state(content.attributes).digest != UNREACHABLE:
            found[address] = _place(identity_in_state(release.attributes))
    return found


def _place(identity: dict[str, Any]) -> tuple[str, str]:
    return str(identity.get("namespace", "")), str(identity.get("name", ""))
