"""The load-balancer controller outlives what it has made."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from jupyterhub_eks.errors import RefusedError
from jupyterhub_eks.orchestration.guards import refuse_orphans
from jupyterhub_eks.orchestration.kubernetes import Kubernetes
from jupyterhub_eks.ports import PlannedChange, Resource
from jupyterhub_eks.workspace import Workspace

if TYPE_CHECKING:
    from jupyterhub_eks.orchestration.session import Session

BALANCER = Resource("elbv2", "load-balancer", "net/hub")


def _session(*balancers: Resource) -> Session:
    context = SimpleNamespace(
        workspace=Workspace(Path("work"), "aws", "hub"),
        kubernetes=Kubernetes(load_balancers=lambda _: balancers),
    )
    return cast("Session", SimpleNamespace(ctx=context))


def _change(kind: str, *actions: Any) -> tuple[PlannedChange, ...]:
    address = f"{kind}.LoadBalancerController"
    return (PlannedChange(address=address, type=kind, actions=actions),)


@pytest.mark.parametrize("kind", ["helm_release", "terraform_data"])
def test_uninstalling_the_controller_waits_for_the_load_balancer(kind: str) -> None:
    """A load balancer without its controller would stay for ever, and cost money."""
    with pytest.raises(RefusedError) as refused:
        refuse_orphans(_session(BALANCER), _change(kind, "delete"))

    assert refused.value.cause == "net/hub"
    assert "jhub deploy --stack hub" in refused.value.hint


def test_nothing_else_is_refused() -> None:
    """Without a load balancer it may go, and an upgrade of it is no removal."""
    refuse_orphans(_session(), _change("helm_release", "delete"))
    refuse_orphans(_session(BALANCER), _change("helm_release", "delete", "create"))
    refuse_orphans(_session(BALANCER), _change("aws_vpc", "delete"))
    refuse_orphans(_session(BALANCER), ())
