"""Nodes filled with servers of a profile, each with one server more than there is room for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.local.cluster.pool_nodes import ABSENT, NAMES, daemon_pods, pool_node
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.placement.resources import RESOURCES
from tests.cluster.scheduling import NOT_ALONE, TOO_MANY_PODS, insufficient
from tests.support.spawned import Choice, Hub

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.placement.proof import Fit, Verdict
    from tests.cluster.scheduling import Outcome, Scheduling

_HOSTNAME: Final = "kubernetes.io/hostname"


@dataclass(frozen=True, eq=False)
class Full:
    """An empty node of a pool, and servers of one profile that want to be there.

    Attributes:
        name: Of the node.
        deployment: Both files.
        verdict: What is proved of the profile.
        fit: What is proved of the machine.
        pods: As many as are proved to fit, and one more; bound to the node, so that many
            nodes can be filled at the same time.
    """

    name: str
    deployment: Deployment
    verdict: Verdict
    fit: Fit
    pods: tuple[dict[str, Any], ...]

    def expect(self, found: dict[str, Outcome]) -> None:
        """Fail unless the scheduler bound what is proved to fit, and said what is short then."""
        outcomes = [found[each["metadata"]["name"]] for each in self.pods]
        bound = [each.node for each in outcomes if each.node]
        waiting = [each for each in outcomes if not each.node]
        assert bound == [self.name] * self.fit.users, (self.name, self.fit.users, outcomes)
        (more,) = waiting
        assert more.short == self._short, (self.name, more.message)

    @property
    def _short(self) -> set[str]:
        """What one server more would lack, as the scheduler words it."""
        left, wanted = self.fit.room, self.verdict.demand
        lacking = [
            name
            for name in RESOURCES
            if wanted.of(name) and left.of(name) < wanted.of(name) * (self.fit.users + 1)
        ]
        assert self.fit.obstacle is None or self.fit.obstacle in lacking
        if self.deployment.profiles.pools[self.verdict.pool].dedicated:
            # There is room for more, and the one that is there keeps others away.
            lacking.remove("pods")
            return {insufficient(NAMES[each]) for each in lacking} or {NOT_ALONE}
        return {TOO_MANY_PODS if each == "pods" else insufficient(NAMES[each]) for each in lacking}


def to_fill(deployment: Deployment, prefix: str = "n") -> Iterator[Full]:
    """Yield a node of each machine of each profile, or of each of its sizes.

    Its servers are of every image in turn.

    Args:
        deployment: Both files.
        prefix: What the names of nodes and users begin with.
    """
    hub = Hub(deployment)
    choices = hub.choices()
    for index, verdict in enumerate(prove(deployment, catalog())):
        asked = (verdict.profile, verdict.option)
        offered = [each for each in choices if (each.profile, each.size) == asked]
        for fit in verdict.fits:
            if fit.obstacle not in ABSENT:
                name = f"{prefix}-{index}-{fit.machine.name.replace('.', '-')}"
                pods = _pods(hub, offered, name, fit.users + 1)
                yield Full(name, deployment, verdict, fit, pods)


def _pods(hub: Hub, offered: Sequence[Choice], node: str, count: int) -> tuple[dict[str, Any], ...]:
    pods = hub.pods((offered[index % len(offered)], f"{node}-{index}") for index in range(count))
    for pod in pods:
        pod["spec"]["nodeSelector"][_HOSTNAME] = node
    return tuple(pods)


def fill(cluster: Scheduling, full: Iterable[Full]) -> None:
    """Start the nodes, let DaemonSets and then servers in, and hold all against the proof."""
    wanted = list(full)
    with cluster.nodes(
        pool_node(each.name, each.deployment, each.verdict.pool, each.fit) for each in wanted
    ):
        cluster.post(
            pod
            for each in wanted
            for pod in daemon_pods(each.name, each.deployment, each.verdict.pool)
        )
        found = cluster.place(pod for each in wanted for pod in each.pods)
    for each in wanted:
        each.expect(found)
