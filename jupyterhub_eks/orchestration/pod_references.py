"""Find out which Secrets and ConfigMaps a pod reads. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

# Keys of a pod below which a Secret or ConfigMap is named.
_REFERENCES: Final = {
    "secret": "Secret",
    "secretRef": "Secret",
    "secretKeyRef": "Secret",
    "configMap": "ConfigMap",
    "configMapRef": "ConfigMap",
    "configMapKeyRef": "ConfigMap",
}
Named = tuple[str, str]


def reads_any(pod: Any, changed: Mapping[Named, AbstractSet[str]]) -> bool:
    """Return whether a pod reads one of the keys of some Secrets and ConfigMaps.

    Args:
        pod: A pod, or the template of one.
        changed: Keys by kind and name.
    """
    return any(
        named in changed and (not keys or keys & changed[named]) for named, keys in _read(pod)
    )


def _read(tree: Any) -> Iterator[tuple[Named, set[str]]]:
    """Yield what is read, by kind and name, with the keys; none: all of them."""
    if isinstance(tree, list):
        for each in tree:
            yield from _read(each)
    elif isinstance(tree, dict):
        for key, each in tree.items():
            if key in _REFERENCES and isinstance(each, dict):
                yield (
                    (_REFERENCES[key], str(each.get("secretName") or each.get("name"))),
                    _keys(each),
                )
            yield from _read(each)


def _keys(reference: dict[str, Any]) -> set[str]:
    items = [each for each in reference.get("items") or () if isinstance(each, dict)]
    return {str(each["key"]) for each in (reference, *items) if "key" in each}
