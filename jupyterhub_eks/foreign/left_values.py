"""Values of a chart that stand beside a profile list and are no part of it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.document import MapNode, Scalar, dotted, find, problem_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.document import KeyPath, Node
    from jupyterhub_eks.foreign.reading import Foreign
    from jupyterhub_eks.problems import Problem

_BELOW: Final = (("hub", "config", "KubeSpawner", "profile_list"), ("singleuser", "profileList"))
# Read with the list, and carried or said by name.
_READ: Final = frozenset(
    {
        ("singleuser", "profileList"), ("singleuser", "cpu"), ("singleuser", "memory"),
        ("singleuser", "extraResource"), ("singleuser", "nodeSelector"),
        ("singleuser", "extraNodeAffinity"), ("singleuser", "extraPodAntiAffinity"),
        ("singleuser", "extraPodConfig"),
        ("singleuser", "extraEnv"), ("singleuser", "extraContainers"),
        ("singleuser", "initContainers"), ("singleuser", "extraTolerations"),
        ("scheduling", "userPods"), ("hub", "config", "KubeSpawner"),
    }
)  # fmt: skip
# Keys with names of their own below them.
_DEEPER: Final = frozenset({("hub",), ("singleuser",), ("scheduling",), ("hub", "config")})
_MOST_NAMED: Final = 8


def lost_values(source: Foreign) -> Iterator[Problem]:
    """Yield, once, the values of the chart that are not carried; none where a list stands alone."""
    listing = source.listing
    below = next((each for each in _BELOW if listing.path[-len(each) :] == each), None)
    if below is None or not listing.of_chart:
        return
    above = listing.path[: -len(below)]
    for root in source.documents:
        if root.place.file != listing.node.place.file or find(root, listing.path) is None:
            continue
        values = find(root, above)
        lost = list(_lost(values, ())) if values is not None else []
        if lost:
            names = [f"`{dotted(path)}`" for path, _ in lost]
            more = len(names) - _MOST_NAMED
            rest = f" and {more} more" if more > 0 else ""
            yield problem_at(
                lost[0][1].place,
                dotted((*above, *lost[0][0])),
                f"not carried, as no part of the profiles: {', '.join(names[:_MOST_NAMED])}{rest}",
                "write what you need of it in jhub.yaml, at last under `hub_values`",
                "warning",
            )
            return


def _lost(node: Node, path: KeyPath) -> Iterator[tuple[KeyPath, Node]]:
    for key, entry in node.entries.items() if isinstance(node, MapNode) else ():
        here = (*path, key)
        value = entry.value
        if here in _READ or (isinstance(value, Scalar) and value.value is None):
            continue
        if here in _DEEPER and isinstance(value, MapNode):
            yield from _lost(value, here)
        else:
            yield here, value
