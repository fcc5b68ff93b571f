"""What is done in the cluster, and waited for, around the destruction of its stacks.

Before ``hub``: user servers are stopped. After it: its namespace is gone, and its load
balancer, while the controller that removes it still runs. Before ``platform``: every node
that Karpenter made is gone, while Karpenter still runs. A cluster that no longer exists
needs none of this.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import ClusterError, DeployerError
from jupyterhub_eks.orchestration.draining import Drain, Patience, wait_until_gone
from jupyterhub_eks.orchestration.events import Note, StackStep
from jupyterhub_eks.releases.labels import HUB_NAMESPACE

if TYPE_CHECKING:
    from jupyterhub_eks.cluster_port import ClusterApi
    from jupyterhub_eks.orchestration.session import Session
    from jupyterhub_eks.ports import Resource

HUB: Final = "hub"
PLATFORM: Final = "platform"
_BALANCER_SECONDS: Final = 600.0


@dataclass(frozen=True, kw_only=True)
class Clearing:
    """The steps of one destroy.

    Attributes:
        session: The run.
        force: Delete pods that hold nodes, whatever protects them.
    """

    session: Session
    force: bool = False

    def before(self, stack: str) -> bool:
        """Do what comes before ``stack`` is destroyed; return whether its cluster exists.

        Raises:
            ClusterError: Something in the cluster holds on, or it does not answer.
        """
        if stack not in {HUB, PLATFORM}:
            return True
        api = self._open()
        if api is None:
            self._skip(stack)
            return False
        drain = self._drain(api, stack)
        if stack == HUB:
            drain.stop_servers(HUB_NAMESPACE)
        else:
            drain.remove_nodes()
        return True

    def after(self, stack: str) -> None:
        """Wait for what goes by itself after ``stack`` was destroyed.

        Raises:
            ClusterError: The hub's namespace or a load balancer is still there.
        """
        if stack != HUB:
            return
        api = self._open()
        if api is not None:
            self._drain(api, stack).wait_for_namespace(HUB_NAMESPACE)
        ctx = self.session.ctx
        wait_until_gone(
            "load balancers",
            lambda: ctx.kubernetes.load_balancers(ctx.workspace.name),
            seconds=_BALANCER_SECONDS,
            tell=partial(self._tell, stack),
            patience=Patience(check=ctx.interrupt.check, poll_seconds=ctx.kubernetes.poll_seconds),
            give_up=_balancers_stay,
        )

    def add_what_holds(self, stack: str, error: ClusterError) -> None:
        """Add to the failure of a stack in the cluster what Helm does not know of it."""
        if stack not in {HUB, PLATFORM}:
            return
        try:
            api = self._open()
            held = self._drain(api, stack).what_holds_namespaces() if api else ""
        except DeployerError as second:  # the first error matters more
            error.add_note(f"{second.message}: {second.cause}")
            return
        error.cause = "\n".join(filter(None, (error.cause, held)))

    def _drain(self, api: ClusterApi, stack: str) -> Drain:
        return Drain(
            api=api,
            tell=partial(self._tell, stack),
            patience=Patience(check=self.session.ctx.interrupt.check),
            force=self.force,
            note=lambda text: self.session.emit(Note(text=f"{stack}: {text}")),
        )

    def _open(self) -> ClusterApi | None:
        return self.session.ctx.kubernetes.open(self.session.ctx.workspace.name)

    def _skip(self, stack: str) -> None:
        what = "user servers to stop" if stack == HUB else "nodes to remove"
        self.session.emit(Note(text=f"{stack}: the cluster is gone, so there are no {what}"))

    def _tell(self, stack: str, what: str, done: int, total: int) -> None:
        self.session.emit(StackStep(stack=stack, what=what, done=done, total=total))


def _balancers_stay(left: tuple[Resource, ...]) -> ClusterError:
    return ClusterError(
        f"load balancers: {len(left)} still there after {_BALANCER_SECONDS:.0f} s",
        cause=", ".join(each.identifier for each in left),
        hint="look at the log of aws-load-balancer-controller in kube-system, and "
        "run the same command again, which goes on from here",
    )
