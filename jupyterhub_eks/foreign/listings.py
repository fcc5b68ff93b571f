"""Find a profile list in a document, with the settings that every server of it begins with.

Chart: z2jh 4.4.0, ``files/hub/jupyterhub_config.py`` and ``values.yaml``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.document import (
    EMPTY,
    KeyPath,
    ListNode,
    MapNode,
    Node,
    Place,
    Scalar,
    from_plain,
)
from jupyterhub_eks.foreign.documents import entry_at, items_at, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LIST_KEYS: Final = ("profileList", "profile_list", "profiles")
# An alias of the chart, or a chart that has it as one of its own, stands above its values.
_DEEPEST_ALIAS: Final = 4
_NOWHERE: Final = Place()
_CHART_TOLERATIONS: Final = tuple(
    {"key": key, "operator": "Equal", "value": "user", "effect": "NoSchedule"}
    for key in ("hub.jupyter.org/dedicated", "hub.jupyter.org_dedicated")
)
_CHART_MEMORY: Final = Scalar(value="1G", text="1G", quoted=True, place=_NOWHERE)
# Key of the chart below `singleuser`, and the setting of KubeSpawner that it becomes.
_SINGLEUSER: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("cpu_guarantee", ("cpu", "guarantee")),
    ("cpu_limit", ("cpu", "limit")),
    ("mem_guarantee", ("memory", "guarantee")),
    ("mem_limit", ("memory", "limit")),
    ("extra_resource_guarantees", ("extraResource", "guarantees")),
    ("extra_resource_limits", ("extraResource", "limits")),
    ("node_selector", ("nodeSelector",)),
    ("node_affinity_required", ("extraNodeAffinity", "required")),
    ("pod_anti_affinity_required", ("extraPodAntiAffinity", "required")),
    ("extra_pod_config", ("extraPodConfig",)),
    ("environment", ("extraEnv",)),
    ("extra_containers", ("extraContainers",)),
    ("init_containers", ("initContainers",)),
)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list of profiles.

    Attributes:
        path: Keys above it; the list is at it.
        node: The list; a mapping where its profiles have keys.
        base: Settings of KubeSpawner before a profile changes them.
        of_chart: Whether it is of the chart's values, whose defaults count.
        code: Text of Python that changes the list while the hub runs.
    """

    path: KeyPath
    node: Node
    base: Mapping[str, Node] = field(default_factory=dict)
    of_chart: bool = False
    code: tuple[Scalar, ...] = ()

    @property
    def entries(self) -> tuple[tuple[KeyPath, Node], ...]:
        """The profiles, each with its path."""
        if isinstance(self.node, ListNode):
            return tuple(((*self.path, i), each) for i, each in enumerate(self.node.items))
        if isinstance(self.node, MapNode):
            return tuple(
                ((*self.path, key), self.node.entries[key].value)
                for key in sorted(self.node.entries)
            )
        return ()


def find_listings(root: Node) -> Iterator[Listing]:
    """Yield the profile lists of a document."""
    if isinstance(root, ListNode):
        if any(_is_profile(each) for each in root.items):
            yield Listing(path=(), node=root)
        return
    if not isinstance(root, MapNode):
        return
    found = list(_in_charts(root, ()))
    yield from found
    for key in _LIST_KEYS:
        bare = entry_at(root, key)
        if not found and isinstance(bare, (ListNode, MapNode)):
            yield Listing(path=(key,), node=bare)
            return


def _is_profile(node: Node) -> bool:
    return isinstance(node, MapNode) and bool(
        node.entries.keys() & {"display_name", "kubespawner_override", "profile_options", "slug"}
    )


def _in_charts(node: MapNode, path: KeyPath) -> Iterator[Listing]:
    own = _of_chart(node, path)
    if own:
        yield own
        return
    if len(path) < _DEEPEST_ALIAS:
        for key, entry in node.entries.items():
            if isinstance(entry.value, MapNode):
                yield from _in_charts(entry.value, (*path, key))


def _of_chart(values: MapNode, path: KeyPath) -> Listing | None:
    passed = entry_at(values, "hub", "config", "KubeSpawner")
    code = tuple(_code(values))
    for node, below in (
        (entry_at(passed, "profile_list"), ("hub", "config", "KubeSpawner", "profile_list")),
        (entry_at(values, "singleuser", "profileList"), ("singleuser", "profileList")),
    ):
        if node is not None and not (isinstance(node, Scalar) and node.value is None):
            base = _base(values, passed)
            return Listing(path=(*path, *below), node=node, base=base, of_chart=True, code=code)
    if code and isinstance(entry_at(values, "singleuser"), MapNode):
        nothing = ListNode(items=(), place=values.place)
        return Listing(path=(*path, "singleuser"), node=nothing, of_chart=True, code=code)
    return None


def _code(values: MapNode) -> Iterator[Scalar]:
    """Yield Python code of the hub that sets profiles."""
    for each in items_at(values, "hub", "extraConfig"):
        if isinstance(each, Scalar) and "profile_list" in each.text:
            yield each


def _base(values: MapNode, passed: Node | None) -> dict[str, Node]:
    found: dict[str, Node] = {"mem_guarantee": _CHART_MEMORY}
    for setting, keys in _SINGLEUSER:
        node = entry_at(values, "singleuser", *keys)
        if node is None:
            continue
        if isinstance(node, Scalar) and node.value is None:
            found.pop(setting, None)  # null takes the chart's default away
        else:
            found[setting] = node
    found["tolerations"] = _tolerations(values)
    if text_at(values, "scheduling", "userPods", "nodeAffinity", "matchNodePurpose") == "require":
        found["node_affinity_required"] = _with_purpose(found.get("node_affinity_required"))
    if isinstance(passed, MapNode):
        found |= {key: each.value for key, each in passed.entries.items() if key != "profile_list"}
    return found


def _tolerations(values: MapNode) -> ListNode:
    own = entry_at(values, "scheduling", "userPods", "tolerations")
    chart = own.items if isinstance(own, ListNode) else _chart_tolerations().items
    extra = entry_at(values, "singleuser", "extraTolerations")
    more = extra.items if isinstance(extra, ListNode) else ()
    return ListNode(items=(*chart, *more), place=extra.place if extra else _NOWHERE)


def _chart_tolerations() -> ListNode:
    node = from_plain(_CHART_TOLERATIONS, _NOWHERE)
    return node if isinstance(node, ListNode) else ListNode(items=(), place=_NOWHERE)


def _with_purpose(terms: Node | None) -> ListNode:
    expression = {"key": "hub.jupyter.org/node-purpose", "operator": "In", "values": ["user"]}
    purpose = from_plain({"matchExpressions": [expression]}, _NOWHERE)
    before = terms.items if isinstance(terms, ListNode) else ()
    return ListNode(items=(*before, purpose), place=terms.place if terms else EMPTY.place)
