"""What must happen in the cluster before its stacks are destroyed.

The order is that of facts 7: user servers are stopped while nothing can start new ones;
node pools go, and every node with them, while Karpenter still runs. Finalizers are never
taken away: whoever set one is told of instead. Each wait has an end and says what holds
it, and every step may be run again from wherever an interruption left it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from jupyterhub_eks.cluster_port import ClusterApi, ClusterObject, Kind
from jupyterhub_eks.orchestration.holdups import (
    MOST_NAMED,
    NODES,
    covers,
    explain_namespace,
    finalizers_of,
    held_up,
    is_daemon,
    node_of,
    what_holds,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.errors import ClusterError

NAMESPACE: Final = Kind("", "v1", "Namespace", "namespaces", namespaced=False)
POD: Final = Kind("", "v1", "Pod", "pods")
DISRUPTION_BUDGET: Final = Kind("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets")
NODE_POOL: Final = Kind("karpenter.sh", "v1", "NodePool", "nodepools", namespaced=False)
NODE_CLAIM: Final = Kind("karpenter.sh", "v1", "NodeClaim", "nodeclaims", namespaced=False)
NODE_OVERLAY: Final = Kind(
    "karpenter.sh", "v1alpha1", "NodeOverlay", "nodeoverlays", namespaced=False
)
NODE_CLASS: Final = Kind(
    "karpenter.k8s.aws", "v1", "EC2NodeClass", "ec2nodeclasses", namespaced=False
)
# Set by KubeSpawner on every user server.
SERVER_LABELS: Final = {"component": "singleuser-server"}
HUB_DEPLOYMENT: Final = "hub"
# A pod gets 30 s to end; a node some minutes to drain and be terminated.
SERVER_SECONDS: Final = 300.0
# Whoever waits longer than that wants to know for what.
NAMED_AFTER_SECONDS: Final = 30.0
NAMED_EVERY_SECONDS: Final = 10.0
NODE_SECONDS: Final = 1800.0

Tell = Callable[[str, int, int], None]
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How the steps wait.

    Attributes:
        servers: Seconds until the last user server must be gone.
        nodes: Seconds until the last node must be gone.
        check: Raises when the run was asked to stop.
        poll_seconds: How often to look.
        sleep: Waits for some seconds.
        clock: Tells the time, in seconds.
    """

    check: Callable[[], None]
    servers: float = SERVER_SECONDS
    nodes: float = NODE_SECONDS
    poll_seconds: float = 1.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


def wait_until_gone(
    what: str,
    left: Callable[[], tuple[T, ...]],
    *,
    seconds: float,
    tell: Tell,
    patience: Patience,
    give_up: Callable[[tuple[T, ...]], ClusterError],
    looked: Callable[[tuple[T, ...], float], None] = lambda *_: None,
) -> None:
    """Ask until nothing is left, telling how many are gone.

    Args:
        what: Name of the things.
        left: Returns those that are still there.
        seconds: How long to wait.
        tell: Told of each look.
        patience: Clock, sleep, and the request to stop.
        give_up: Makes the error of what is still there when the time is over.
        looked: Called after each look with what is still there and the seconds waited so far.

    Raises:
        ClusterError: Something is.
    """
    began = patience.clock()
    most = 0
    while present := left():
        patience.check()
        most = max(most, len(present))
        tell(what, most - len(present), most)
        waited = patience.clock() - began
        if waited >= seconds:
            raise give_up(present)
        looked(present, waited)
        patience.sleep(patience.poll_seconds)
    if most:
        tell(what, most, most)


@dataclass(frozen=True, kw_only=True)
class Drain:
    """The steps in one cluster.

    Attributes:
        api: The cluster.
        tell: Called with what is waited for, how many are gone, and how many there were.
        patience: How long to wait.
        force: Delete pods that hold a node back, whatever budget protects them.
        note: Told what holds a long wait, whenever that is another thing.
    """

    api: ClusterApi
    tell: Tell
    patience: Patience
    force: bool = False
    note: Callable[[str], None] = lambda _: None

    def stop_servers(self, namespace: str) -> None:
        """Stop every user server, with the hub stopped before so that none starts again.

        Raises:
            ClusterError: A server does not end in time.
        """
        self.api.scale(namespace, HUB_DEPLOYMENT, 0)
        self._delete_all(POD, namespace=namespace, labels=SERVER_LABELS)
        self._wait(
            "user servers",
            lambda: self.api.list(POD, namespace=namespace, labels=SERVER_LABELS),
            self.patience.servers,
            lambda each: f"pod {each.path}{finalizers_of(each)}",
        )

    def remove_nodes(self) -> None:
        """Delete node pools, then wait until Karpenter has removed every node of theirs.

        Raises:
            ClusterError: A node does not go in time; the error says what holds it.
        """
        self._delete_all(NODE_OVERLAY)
        self._delete_all(NODE_POOL)
        # Those of a pool that was deleted by an earlier version of Karpenter have no owner.
        self._delete_all(NODE_CLAIM)
        self._wait(
            NODES,
            lambda: self.api.list(NODE_CLAIM),
            self.patience.nodes,
            self._explain_node,
            nudge=self._free_nodes if self.force else None,
        )
        for kind in (NODE_POOL, NODE_CLASS):
            self._delete_all(kind)
            self._wait(
                kind.plural,
                lambda kind=kind: self.api.list(kind),  # type: ignore[misc]
                self.patience.servers,
                lambda each, kind=kind: f"{kind.kind} {each.name}{finalizers_of(each)}",  # type: ignore[misc]
            )

    def wait_for_namespace(self, name: str) -> None:
        """Wait until a namespace that is being deleted is gone, with all that was in it.

        Helm forgets a release whose objects do not go in time, so its next answer is that
        nothing is left.

        Raises:
            ClusterError: Something holds the namespace; the error says what.
        """
        self._wait(
            "namespaces",
            lambda: tuple(each for each in self._going_namespaces() if each.name == name),
            self.patience.servers,
            explain_namespace,
        )

    def _going_namespaces(self) -> tuple[ClusterObject, ...]:
        return tuple(each for each in self.api.list(NAMESPACE) if each.is_going)

    def what_holds_namespaces(self) -> str:
        """Return a line for each namespace that is being deleted, with what holds it."""
        return "\n".join(explain_namespace(each) for each in self._going_namespaces())

    def _delete_all(
        self, kind: Kind, *, namespace: str = "", labels: Mapping[str, str] | None = None
    ) -> None:
        for each in self.api.list(kind, namespace=namespace, labels=labels):
            if not each.is_going:
                self.api.delete(kind, each)

    def _wait(
        self,
        what: str,
        left: Callable[[], tuple[ClusterObject, ...]],
        seconds: float,
        explain: Callable[[ClusterObject], str],
        nudge: Callable[[], None] | None = None,
    ) -> None:
        said, again = "", NAMED_AFTER_SECONDS

        def looked(found: tuple[ClusterObject, ...], waited: float) -> None:
            nonlocal said, again
            if nudge:
                nudge()
            if waited < again:
                return
            again = waited + NAMED_EVERY_SECONDS
            held = "; ".join(what_holds(found, explain))
            if held != said:
                said = held
                self.note(f"{what} wait for {held}")

        wait_until_gone(
            what,
            left,
            seconds=seconds,
            tell=self.tell,
            patience=self.patience,
            give_up=lambda found: held_up(what, found, seconds, explain),
            looked=looked,
        )

    def _explain_node(self, claim: ClusterObject) -> str:
        node = node_of(claim)
        holders = self._holders(node) if node else ()
        if not holders:
            return f"NodeClaim {claim.name}{finalizers_of(claim)}: is Karpenter running?"
        return f"NodeClaim {claim.name} (node {node}) waits for " + "; ".join(
            self._explain_pod(pod) for pod in holders[:MOST_NAMED]
        )

    def _explain_pod(self, pod: ClusterObject) -> str:
        budgets = [
            budget.path
            for budget in self.api.list(DISRUPTION_BUDGET, namespace=pod.namespace)
            if covers(budget, pod)
        ]
        if budgets:
            return f"pod {pod.path}, which PodDisruptionBudget {budgets[0]} protects"
        return f"pod {pod.path}{finalizers_of(pod)}"

    def _holders(self, node: str) -> tuple[ClusterObject, ...]:
        """Return the pods that keep a node from being drained: those of no DaemonSet."""
        return tuple(
            pod
            for pod in self.api.list(POD)
            if pod.body.get("spec", {}).get("nodeName") == node and not is_daemon(pod)
        )

    def _free_nodes(self) -> None:
        for claim in self.api.list(NODE_CLAIM):
            for pod in self._holders(node_of(claim)):
                if not pod.is_going:
                    self.api.delete(POD, pod)
