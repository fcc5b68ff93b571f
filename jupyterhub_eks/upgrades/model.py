"""Types of an upgrade check: what is asked for, what was found, what follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

# From the worst to the best.
State = Literal["ended", "insecure", "blocked", "ending", "behind", "unknown", "current"]
STATES: Final[tuple[State, ...]] = (
    "ended",
    "insecure",
    "blocked",
    "ending",
    "behind",
    "unknown",
    "current",
)
# A deployment with one of these is not to be left as it is.
FAILING: Final[frozenset[State]] = frozenset({"ended", "insecure"})

Group = Literal["control-plane", "system-nodes", "add-on", "chart", "image", "machine"]


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """An EKS cluster in commands.

    Attributes:
        name: Its name, which is that of the deployment.
        region: Its region.
        deploy: What deploys it, as it is typed.
    """

    name: str
    region: str
    deploy: str


@dataclass(frozen=True, kw_only=True)
class NodeGroup:
    """A managed node group.

    Attributes:
        name: As EKS knows it.
        version: Kubernetes minor of its nodes.
        release: Release of its machine image, e.g. ``1.36.2-20261023``.
        template: Version of its launch template; empty: it has none.
    """

    name: str
    version: str
    release: str = ""
    template: str = ""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What is deployed; empty where nothing is known.

    Attributes:
        kubernetes: Minor version of the control plane.
        is_extended: Whether the cluster goes on into extended support.
        addons: Version by name of the managed add-on.
        node_groups: The managed node groups.
        charts: Version by name of the Helm chart.
        images: Release of the nodes' machine image by family; the oldest in use.
        offered: Newest version that EKS has for this cluster by name of the add-on.
    """

    kubernetes: str = ""
    is_extended: bool = False
    addons: Mapping[str, str] = field(default_factory=dict)
    node_groups: tuple[NodeGroup, ...] = ()
    charts: Mapping[str, str] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    offered: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing that has a version is deployed."""
        return not (self.kubernetes or self.addons or self.node_groups or self.charts)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the configuration and this release ask for.

    Attributes:
        kubernetes: ``cluster.version``; empty: the configuration cannot be read.
        charts: Version by name of the Helm chart.
        images: Release of the nodes' machine image by family.
    """

    kubernetes: str = ""
    charts: Mapping[str, str] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing with a version.

    Attributes:
        name: As people call it.
        group: What kind of thing it is.
        deployed: Version that is deployed or found; empty: none, or not known.
        configured: Version in the configuration; empty: it says nothing of it.
        wanted: Version to be at; empty: it is not known here.
        state: Judgement on the version in use, or on the wanted one if none is.
        support_ends: Last day of its support; None: no end is named.
        source: Where that stands.
        notes: What to know about it, a sentence each.
    """

    name: str
    group: Group
    deployed: str
    configured: str = ""
    wanted: str
    state: State
    support_ends: date | None = None
    source: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that moves.

    Attributes:
        part: What moves; a key of :data:`jupyterhub_eks.upgrades.parts.PARTS`.
        title: The same for people.
        before: Version until then; empty: several, or none.
        after: Version from then on; empty: the newest that there is.
        effect: What users notice.
    """

    part: str
    title: str
    before: str
    after: str
    effect: str


@dataclass(frozen=True, kw_only=True)
class Round:
    """What one command moves, in its order.

    Attributes:
        kubernetes: Minor version of the control plane afterwards.
        edit: New value of ``cluster.version``; empty: it stays.
        by: ``jhub`` for `jhub deploy`; ``aws`` for a version that this release cannot deploy.
        commands: What to type, after the edit.
        reason: Why the round is there, if not for its steps alone.
        steps: What moves.
    """

    kubernetes: str
    edit: str = ""
    by: Literal["jhub", "aws"] = "jhub"
    commands: tuple[str, ...]
    reason: str = ""
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Check:
    """The result of a check.

    Attributes:
        judged_on: Day for which support was judged.
        is_deployed: Whether anything is deployed; if not, the configuration was judged.
        state: The worst state of all items.
        items: Everything with a version.
        rounds: What to do, in this order; empty: nothing.
        notes: What else to know.
    """

    judged_on: date
    is_deployed: bool
    state: State
    items: tuple[Item, ...]
    rounds: tuple[Round, ...]
    notes: tuple[str, ...] = ()
