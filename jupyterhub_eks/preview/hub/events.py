"""The events that Kubernetes and Karpenter tell of a pod, as a start on AWS shows them.

Their words are those that ``hub-config/waiting.py`` understands: Karpenter 1.14, and the
scheduler and kubelet of Kubernetes 1.36.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

# Share of a start on a new machine after which each event comes; an estimate: the machine takes
# half of the time, the image nearly all that is left.
_NOMINATED: Final = 0.03
_SCHEDULED: Final = 0.5
_PULLED: Final = 0.95
_NAME_BYTES: Final = 3


@dataclass(frozen=True)
class Step:
    """An event to come.

    Attributes:
        share: Of the time of the whole start, after which it comes.
        reason: In one word.
        message: In its sender's words.
        sender: Component that tells it.
        warning: Whether its type is that of a warning.
    """

    share: float
    reason: str
    message: str
    sender: str
    warning: bool = False

    def happen(self, pod: str, namespace: str) -> dict[str, Any]:
        """Return the event, which happens now."""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "metadata": {"uid": secrets.token_hex(8), "namespace": namespace},
            "involvedObject": {"kind": "Pod", "namespace": namespace, "name": pod},
            "type": "Warning" if self.warning else "Normal",
            "reason": self.reason,
            "message": self.message,
            "source": {"component": self.sender},
            "firstTimestamp": now,
            "lastTimestamp": now,
            "eventTime": None,
        }


def no_room() -> Step:
    """Return that no machine that runs has room."""
    message = (
        "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. no new "
        "claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful "
        "for scheduling."
    )
    return Step(0, "FailedScheduling", message, "default-scheduler", warning=True)


def steps(pod: str, pool: str, image: str) -> tuple[Step, ...]:
    """Return the events of a start on a machine that is not there yet.

    Args:
        pod: Its namespace and name.
        pool: Node pool that starts the machine.
        image: Of the server.
    """
    claim = f"{pool or 'pool'}-{secrets.token_hex(_NAME_BYTES)[:5]}"
    node = f"ip-10-0-{secrets.randbelow(256)}-{secrets.randbelow(256)}.ec2.internal"
    nominated = f"Pod should schedule on: nodeclaim/{claim}"
    assigned = f"Successfully assigned {pod} to {node}"
    return (
        no_room(),
        Step(_NOMINATED, "Nominated", nominated, "karpenter"),
        Step(_SCHEDULED, "Scheduled", assigned, "default-scheduler"),
        Step(_SCHEDULED, "Pulling", f'Pulling image "{image}"', "kubelet"),
        Step(_PULLED, "Pulled", f'Successfully pulled image "{image}"', "kubelet"),
        Step(1, "Created", "Created container: notebook", "kubelet"),
        Step(1, "Started", "Started container notebook", "kubelet"),
    )


def out_of_stock(pool: str) -> Step:
    """Return that AWS has none of the machines of a pool."""
    return _refused(
        "no instance type has the required offering, "
        f"requirements=jhub/pool In [{pool}], karpenter.sh/capacity-type In [on-demand], "
        "resources={}"
    )


def limit_reached(pool: str) -> Step:
    """Return that a pool may start no more machines."""
    reason = f"all available instance types exceed limits for nodepool (NodePool={pool})"
    return _refused(reason)


def _refused(reason: str) -> Step:
    message = f"Failed to schedule pod, {reason}"
    return Step(_NOMINATED, "FailedScheduling", message, "karpenter", warning=True)
