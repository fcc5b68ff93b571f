"""Keys without a value inside lists, which no other file is laid over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.config.document import ListNode, MapNode, Node, Scalar, list_node, map_node
from jupyterhub_eks.config.lookup import owner_at

if TYPE_CHECKING:
    from jupyterhub_eks.config.document import KeyPath


def is_null(node: Node) -> bool:
    """Whether nothing, or ``null``, was written."""
    return isinstance(node, Scalar) and node.value is None


def without_nulls(node: Node, path: KeyPath) -> Node:
    """Return what a list holds without the keys that are null, so that their defaults hold.

    Only keys of a model go. A name of the user's own, such as the title of a size, has no
    default and would vanish unseen, so it stays and is refused; in settings of other
    programs a null has a meaning there.

    Args:
        node: The list, or what stands in it.
        path: Where it stands.
    """
    if not _holds_null(node):
        return node
    if isinstance(node, ListNode):
        items = (without_nulls(item, (*path, index)) for index, item in enumerate(node.items))
        return list_node(tuple(items), node.place)
    if not isinstance(node, MapNode):
        return node
    entries = {}
    for key, entry in node.entries.items():
        where = (*path, key)
        if not (is_null(entry.value) and _is_known(where)):
            value = without_nulls(entry.value, where)
            entries[key] = entry if value is entry.value else type(entry)(entry.key_place, value)
    return map_node(entries, node.place)


def _is_known(path: KeyPath) -> bool:
    model = owner_at(path)
    return model is not None and path[-1] in model.model_fields


def _holds_null(node: Node) -> bool:
    if isinstance(node, ListNode):
        return any(map(_holds_null, node.items))
    if isinstance(node, MapNode):
        return any(_holds_null(entry.value) for entry in node.entries.values())
    return node.value is None
