"""Lay files over each other, and flags over files.

The rule: mappings merge key by key; lists and single values replace; ``null``
takes a key away, so that its default holds again, also inside a list. In
``hub_values`` a ``null`` stays, because in Helm values it removes a default of the
chart, and in ``kubespawner_override``, as KubeSpawner reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.config.document import (
    EMPTY,
    Entry,
    KeyPath,
    ListNode,
    MapNode,
    Place,
    Scalar,
    find,
    from_plain,
    map_node,
)
from jupyterhub_eks.config.flags import FLAG_OF
from jupyterhub_eks.config.lookup import AUTH_MODELS
from jupyterhub_eks.config.nulls import is_null, without_nulls
from jupyterhub_eks.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def merge_all(layers: Iterable[MapNode]) -> tuple[MapNode, tuple[Problem, ...]]:
    """Merge layers in order; also returns warnings about keys that fell away."""
    merged = EMPTY
    warnings: list[Problem] = []
    for layer in layers:
        base, dropped = _drop_foreign_auth(merged, layer)
        warnings += dropped
        merged = _merge(base, layer, keep_null=False)
    return merged, tuple(warnings)


def flags_layer(overrides: Mapping[str, Any]) -> MapNode:
    """Return dotted keys as a tree without a file; ``None`` means "not given"."""
    tree = EMPTY
    for dotted_key, value in overrides.items():
        if value is None:
            continue
        *parents, last = dotted_key.split(".")
        place = Place(flag=FLAG_OF.get(dotted_key, ""))
        branch = map_node({last: Entry(place, from_plain(value, place))}, Place())
        for parent in reversed(parents):
            branch = map_node({parent: Entry(Place(), branch)}, Place())
        tree = _merge(tree, branch, keep_null=True)
    return tree


def _merge(base: MapNode, over: MapNode, *, keep_null: bool, path: KeyPath = ()) -> MapNode:
    entries = dict(base.entries)
    for key, entry in over.entries.items():
        where = (*path, key)
        if is_null(entry.value) and not keep_null:
            entries.pop(key, None)
            continue
        # Everything below hub_values keeps its nulls; the section itself does not.
        keep = keep_null or where == ("hub_values",)
        entries[key] = _overlay(entries.get(key), entry, keep_null=keep, path=where)
    return map_node(entries, _shown(base.place, over.place))


def _overlay(below: Entry | None, above: Entry, *, keep_null: bool, path: KeyPath) -> Entry:
    if isinstance(above.value, ListNode) and not keep_null:
        return Entry(above.key_place, without_nulls(above.value, path))
    if not isinstance(above.value, MapNode):
        return above
    if below is None or not isinstance(below.value, MapNode):
        base = MapNode(entries={}, place=above.value.place)
        merged = _merge(base, above.value, keep_null=keep_null, path=path)
        return Entry(above.key_place, merged)
    merged = _merge(below.value, above.value, keep_null=keep_null, path=path)
    return Entry(_shown(below.key_place, above.key_place), merged)


def _shown(below: Place, above: Place) -> Place:
    """Prefer a place in a file over the command line."""
    return above if above.file or not below.file else below


def _drop_foreign_auth(base: MapNode, over: MapNode) -> tuple[MapNode, list[Problem]]:
    """Take away keys of ``auth`` that the type named by ``over`` does not know."""
    old, new = find(base, ("auth", "type")), find(over, ("auth", "type"))
    section = base.entries.get("auth")
    if not (isinstance(old, Scalar) and isinstance(new, Scalar) and section):
        return base, []
    model = AUTH_MODELS.get(str(new.value))
    if model is None or old.value == new.value or not isinstance(section.value, MapNode):
        return base, []
    foreign = {k: v for k, v in section.value.entries.items() if k not in model.model_fields}
    kept = {k: v for k, v in section.value.entries.items() if k in model.model_fields}
    auth = Entry(section.key_place, map_node(kept, section.value.place))
    source = new.place.file or "the command line"
    return map_node({**base.entries, "auth": auth}, base.place), [
        Problem(
            path=f"auth.{key}",
            message=f"`{key}` is ignored: {source} sets auth.type to `{new.text}`, "
            f"and only `{old.text}` had this key",
            hint="nothing to do for a trial; otherwise remove the key",
            file=entry.key_place.file,
            line=entry.key_place.line,
            column=entry.key_place.column,
            severity="warning",
        )
        for key, entry in foreign.items()
    ]
