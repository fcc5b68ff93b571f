"""What keeps a server off the nodes of its pool: labels it selects, taints it does not tolerate.

Both come of ``kubespawner_override`` and ``hub_values``: what profiles select and tolerate by
themselves is made of the pool. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from jupyterhub_eks.placement.labels import machine_labels
from jupyterhub_eks.placement.tolerations import Toleration
from jupyterhub_eks.releases.labels import POOL, Taint, node_pools_of, taints_of
from jupyterhub_eks.releases.nodes import node_labels
from jupyterhub_eks.releases.requirements import ZONE_ID_LABEL, ZONE_LABEL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.profiles import ProfileConfig
    from jupyterhub_eks.instances.model import InstanceType
    from jupyterhub_eks.releases.z2jh.every_server import EveryServer

Bar = Literal["selector", "taint"]
BARS: Final = frozenset(get_args(Bar))
REGION_LABEL: Final = "topology.kubernetes.io/region"
CAPACITY_LABEL: Final = "karpenter.sh/capacity-type"
NODE_POOL_LABEL: Final = "karpenter.sh/nodepool"
# Labels that nodes may have of which too little is known here.
_UNKNOWN: Final = ("karpenter.k8s.aws/", "topology.", "eks.amazonaws.com/", "kubernetes.io/host")
# Without it a taint is a wish.
_SOFT: Final = "PreferNoSchedule"


@dataclass(frozen=True)
class Bars:
    """What a server with settings of its own needs of nodes.

    Attributes:
        settings: ``node_selector`` and ``tolerations`` of KubeSpawner, where they are not those
            that are made of the pool.
        name: Name of the pool.
        pool: The pool.
        region: Where it is.
    """

    settings: Mapping[str, Any]
    name: str
    pool: PoolConfig
    region: str

    def of(self, machine: InstanceType, zones: Sequence[str] | None) -> Bar | None:
        """Return what keeps a server off the nodes of a machine; None: nothing."""
        if self.untolerated() is not None:
            return "taint"
        return "selector" if self.unmet(machine, zones) else None

    def untolerated(self) -> Taint | None:
        """Return the first taint of the pool's nodes that the server does not tolerate."""
        given = self.settings.get("tolerations")
        if not isinstance(given, list):
            return None
        borne = [_toleration(each) for each in given if isinstance(each, dict)]
        hard = (taint for taint in taints_of(self.pool) if taint.effect != _SOFT)
        return next(
            (
                taint
                for taint in hard
                if not any(each.bears(taint.key, taint.value, taint.effect) for each in borne)
            ),
            None,
        )

    def unmet(self, machine: InstanceType, zones: Sequence[str] | None) -> tuple[str, str] | None:
        """Return the first label that is selected and that nodes of a machine do not have."""
        known = {**node_labels(self.name, self.pool), **machine_labels(machine)}
        several: dict[str, Sequence[str] | None] = {
            CAPACITY_LABEL: self.pool.capacity,
            NODE_POOL_LABEL: node_pools_of(self.name, self.pool),
            REGION_LABEL: (self.region,),
            ZONE_ID_LABEL: zones,
        }
        for key, value in self._selected():
            having = (known[key],) if key in known else several.get(key, ())
            is_known = key in known or key in several or not key.startswith(_UNKNOWN)
            if is_known and having is not None and value not in having:
                return key, value
        return None

    def unjudged(self, machine: InstanceType | None) -> list[str]:
        """Return the labels that are selected of which nothing is known."""
        known = machine_labels(machine) if machine else {}
        judged = {CAPACITY_LABEL, NODE_POOL_LABEL, REGION_LABEL, ZONE_ID_LABEL, *known}
        return [
            key
            for key, _ in self._selected()
            if key == ZONE_LABEL or (key.startswith(_UNKNOWN) and key not in judged)
        ]

    def _selected(self) -> list[tuple[str, str]]:
        given = self.settings.get("node_selector")
        found = given.items() if isinstance(given, dict) else ()
        return [(str(key), str(value)) for key, value in found if value is not None]


def bars_of(profile: ProfileConfig, every: EveryServer, pool: PoolConfig, region: str) -> Bars:
    """Return what a server of a profile needs of the nodes of its pool.

    Args:
        profile: What is started.
        every: Settings of every server. Tolerations of those are never in the way: a profile's
            own stand in their place, and these are those of the pool.
        pool: The pool of the profile.
        region: Where it is.
    """
    own = profile.kubespawner_override
    settings: dict[str, Any] = {}
    selector = _mapping(own.get("node_selector"))
    if selector or _mapping(every.settings.get("node_selector")):
        selected = every.with_own({"node_selector": selector})
        # The profile's own pool is selected in any case.
        settings["node_selector"] = {**selected["node_selector"], POOL: profile.pool}
    if "tolerations" in own:
        settings["tolerations"] = own["tolerations"]
    return Bars(settings, profile.pool, pool, region)


def _toleration(given: Mapping[str, Any]) -> Toleration:
    texts = (str(given.get(key) or "") for key in ("key", "operator", "value", "effect"))
    key, operator, value, effect = texts
    return Toleration(key, operator or "Equal", value, effect)


def _mapping(value: object) -> dict[str, Any]:
    """Return a mapping; a value that is none is reported where it stands."""
    return value if isinstance(value, dict) else {}
