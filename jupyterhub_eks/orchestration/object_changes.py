"""Compare the Kubernetes objects that a chart makes of old and of new values. Pure.

Charts make up passwords and certificates each time they are rendered, since ``helm
template`` sees no cluster. What differs between two renderings of the same is chance,
and left out. So is the content of Secrets, but for the keys whose content changes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from jupyterhub_eks.orchestration.changes import AttributeChange, attribute_of
from jupyterhub_eks.orchestration.differences import Place
from jupyterhub_eks.orchestration.masking import Hidden
from jupyterhub_eks.orchestration.ordered import ordered_differences
from jupyterhub_eks.orchestration.pod_references import reads_any
from jupyterhub_eks.orchestration.secretlike import conceal, secrets_in
from jupyterhub_eks.orchestration.yaml_texts import UnreadableError, documents, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jupyterhub_eks.orchestration.differences import Difference, Key
    from jupyterhub_eks.orchestration.masking import Secrets

_CLUSTER_WIDE: Final = frozenset(
    (
        *("Namespace", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition"),
        *("StorageClass", "PriorityClass", "IngressClass", "RuntimeClass", "PersistentVolume"),
        *("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "CSIDriver"),
        *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "GatewayClass"),
        *("NodePool", "EC2NodeClass", "NodeOverlay", "IngressClassParams", "APIService"),
    )
)
_WITH_PODS: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet"})
_SECRET_PARTS: Final = ("data", "stringData")
_CHECKSUM: Final = "checksum/"


@dataclass(frozen=True, kw_only=True)
class ObjectChange:
    """What changes in one Kubernetes object.

    Attributes:
        kind: Its kind, e.g. ``Deployment``.
        namespace: Empty for an object of the whole cluster.
        action: Whether it comes, goes or changes.
        fields: What changes in it, without digests of its other objects.
        restarts: Whether its pods are replaced by new ones.
    """

    kind: str
    namespace: str
    name: str
    action: Literal["added", "changed", "removed"]
    fields: tuple[AttributeChange, ...] = ()
    restarts: bool = False


@dataclass(frozen=True)
class _Identity:
    group: str
    kind: str
    namespace: str
    name: str

    def change(self, action: Literal["added", "changed", "removed"], **more: Any) -> ObjectChange:
        return ObjectChange(
            kind=self.kind, namespace=self.namespace, name=self.name, action=action, **more
        )


_Objects = dict[_Identity, dict[str, Any]]


def object_changes(
    before: str, after: str, again: str, *, namespace: str, secrets: Secrets
) -> tuple[ObjectChange, ...]:
    """Return what changes in the objects of a release, in the order of the new manifest.

    Args:
        before: Manifest of the release as it is.
        after: Manifest of the release as it will be.
        again: The same, rendered once more.
        namespace: The release's namespace.
        secrets: Texts to hide.

    Raises:
        UnreadableError: A manifest is no YAML.
    """
    old_texts, new_texts = _different(before, after)
    # Reading YAML is slow, and most objects stay as they are.
    olds, news = _read(old_texts, namespace), _read(new_texts, namespace)
    again_texts, once_texts = _different(again, after)
    chance = _Chance(_read(once_texts, namespace), _read(again_texts, namespace))
    secrets = secrets_in((*olds.values(), *news.values()), secrets)
    return tuple(_changes(olds, news, chance, secrets))


def _different(one: str, other: str) -> tuple[list[str], list[str]]:
    """Return the documents that only one of two manifests has."""
    ones, others = list(documents(one)), list(documents(other))
    only_one, only_other = Counter(ones) - Counter(others), Counter(others) - Counter(ones)
    return [each for each in ones if each in only_one], [
        each for each in others if each in only_other
    ]


def _read(texts: Iterable[str], namespace: str) -> _Objects:
    objects: _Objects = {}
    for text in texts:
        for each in _items(read_yaml(text)):
            metadata = each.get("metadata") or {}
            kind = str(each.get("kind", ""))
            where = "" if kind in _CLUSTER_WIDE else str(metadata.get("namespace") or namespace)
            group = str(each.get("apiVersion", "")).rpartition("/")[0]
            objects[_Identity(group, kind, where, str(metadata.get("name", "")))] = each
    return objects


def _items(tree: Any) -> Iterator[dict[str, Any]]:
    if tree is None:
        return
    if not isinstance(tree, dict):
        raise UnreadableError("not an object")
    if tree.get("kind") == "List":
        for each in tree.get("items") or []:
            yield from _items(each)
    else:
        yield tree


class _Chance:
    """What differs between two renderings of the same."""

    def __init__(self, once: _Objects, again: _Objects) -> None:
        # An object whose name is made up has another one each time.
        self._kinds = {each.kind for each in once.keys() ^ again.keys()}
        self._paths = {
            identity: [each.path for each in _differences(once[identity], again[identity])]
            for identity in once.keys() & again.keys()
        }

    def names(self, identity: _Identity) -> bool:
        """Return whether an object may be there by chance."""
        return identity.kind in self._kinds

    def reaches(self, identity: _Identity, path: tuple[Key, ...]) -> bool:
        """Return whether a field of an object differs by chance."""
        return any(path[: len(each)] == each for each in self.paths(identity))

    def paths(self, identity: _Identity) -> list[tuple[Key, ...]]:
        """Return the fields of an object that differ by chance."""
        return self._paths.get(identity, [])


def _differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Difference]:
    return ordered_differences(before, after, Place(strict=True))


def _changes(
    olds: _Objects, news: _Objects, chance: _Chance, secrets: Secrets
) -> Iterator[ObjectChange]:
    found = {
        identity: [
            each
            for each in _differences(
                _without_secrets(identity, olds[identity], secrets),
                _without_secrets(identity, new, secrets),
            )
            if not chance.reaches(identity, each.path)
        ]
        for identity, new in news.items()
        if identity in olds
    }
    touched = _touched(found)
    for identity, new in news.items():
        if identity not in olds:
            if not chance.names(identity):
                yield identity.change("added")
            continue
        restarts = _restarts(identity, new, found[identity], chance, touched)
        if found[identity] or restarts:
            fields = (attribute_of(each) for each in found[identity] if not _is_digest(each.path))
            yield identity.change("changed", fields=tuple(fields), restarts=restarts)
    for identity in olds:
        if identity not in news and not chance.names(identity):
            yield identity.change("removed")


def _touched(found: Mapping[_Identity, list[Difference]]) -> dict[tuple[str, str], set[str]]:
    """Return the keys of Secrets and ConfigMaps whose content changes."""
    return {
        (identity.kind, identity.name): {
            str(each.path[1]) for each in differences if len(each.path) > 1
        }
        for identity, differences in found.items()
        if differences and identity.kind in {"Secret", "ConfigMap"}
    }


def _restarts(
    identity: _Identity,
    new: dict[str, Any],
    found: list[Difference],
    chance: _Chance,
    touched: Mapping[tuple[str, str], set[str]],
) -> bool:
    """Return whether the pods of an object are replaced.

    A digest of a Secret with a made-up part differs each time; in the cluster, where that
    part is known, it differs when something changes that the pods read.
    """
    if identity.kind not in _WITH_PODS:
        return False
    if any(each.path[:2] == ("spec", "template") for each in found):
        return True
    has_digest = any(map(_is_digest, chance.paths(identity)))
    return has_digest and reads_any(new.get("spec"), touched)


def _is_digest(path: tuple[Key, ...]) -> bool:
    """Return whether a field only repeats that another object changes."""
    return (
        path[-2:-1] == ("annotations",)
        and isinstance(path[-1], str)
        and path[-1].startswith(_CHECKSUM)
    )


def _without_secrets(identity: _Identity, tree: dict[str, Any], secrets: Secrets) -> dict[str, Any]:
    """Return an object that may be shown; of a Secret the keys alone."""
    if identity.kind != "Secret":
        shown: dict[str, Any] = conceal(tree, secrets)
        return shown
    hidden = {
        part: {key: Hidden(each) for key, each in (tree.get(part) or {}).items()}
        for part in _SECRET_PARTS
        if part in tree
    }
    rest = conceal({key: each for key, each in tree.items() if key not in hidden}, secrets)
    return {**rest, **hidden}
