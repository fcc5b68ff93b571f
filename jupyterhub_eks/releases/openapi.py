"""Hold Kubernetes objects against the OpenAPI of one version of Kubernetes. Pure.

The definitions are those that Kubernetes publishes, closed against fields that are not
listed: Helm asks for that strictness when it installs. What only the API server can tell
is left to it: formats but that of quantities, bounds, and rules that it has in code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.releases.schema_faults import Fault
from jupyterhub_eks.releases.values_schema import faults

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS: Final = "x-kubernetes-group-version-kind"
_IMMATURE: Final = re.compile(r"\dalpha|\dbeta")
# The one format that people write by hand, and that the definitions say only in prose.
_QUANTITY: Final = "io.k8s.apimachinery.pkg.api.resource.Quantity"
_QUANTITY_SCHEMA: Final = {
    "type": ["string", "number"],
    "pattern": r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?\s*$",
}
_NO_QUANTITY: Final = "must be a quantity, such as `500m` or `2Gi`"


@dataclass(frozen=True)
class Definitions:
    """The kinds of one version of Kubernetes.

    Attributes:
        minor: Its version, e.g. ``1.36``.
        names: Name of a kind's definition, by its ``apiVersion`` and ``kind``.
        groups: API groups of Kubernetes itself; the empty one is that of ``v1``.
        schemas: All definitions by name.
        off: Kinds that it has and does not serve unless they are switched on.
    """

    minor: str
    names: Mapping[tuple[str, str], str]
    groups: frozenset[str]
    schemas: Mapping[str, Any]
    off: frozenset[tuple[str, str]] = frozenset()

    def faults(self, manifest: Mapping[str, Any]) -> list[Fault] | None:
        """Return what Kubernetes refuses of an object; ``None`` if it is of a kind of others."""
        version, kind = manifest.get("apiVersion"), manifest.get("kind")
        for key, value in (("apiVersion", version), ("kind", kind)):
            if not isinstance(value, str) or not value:
                return [Fault((key,), "is missing", "add it", at_key=True)]
        name = self.names.get((str(version), str(kind)))
        if name is None:
            return [self._unknown(str(version), str(kind))] if self._owns(str(version)) else None
        schema = {"$ref": f"#/$defs/{name}", "$defs": self.schemas}
        return [_worded(each) for each in faults(schema, _without_nulls(manifest))]

    def _owns(self, version: str) -> bool:
        group = version.rpartition("/")[0]
        # Groups without a dot are Kubernetes' own; of those it has removed none is listed.
        return "." not in group or group in self.groups

    def _unknown(self, version: str, kind: str) -> Fault:
        others = sorted(each for each, known in self.names if known == kind)
        hint = f"it has it in {', '.join(others)}" if others else "correct `apiVersion` or `kind`"
        what = f"kind {kind} of {version} is"
        if (version, kind) in self.off:
            return Fault((), f"{what} off in Kubernetes {self.minor}, and EKS leaves it off", hint)
        return Fault((), f"{what} not in Kubernetes {self.minor}", hint)


def read_definitions(minor: str, document: Mapping[str, Any]) -> Definitions:
    """Return the kinds of a version, from the file of its definitions.

    Alpha APIs are off in every version, beta APIs are since 1.24 (Kubernetes enhancement
    3136), and none of those before is left: a plain API server of 1.36 serves neither.
    """
    schemas = {**document["$defs"], _QUANTITY: _QUANTITY_SCHEMA}
    kinds = {
        (f"{each['group']}/{each['version']}".removeprefix("/"), str(each["kind"])): name
        for name, schema in schemas.items()
        for each in schema.get(_KINDS, ())
    }
    off = frozenset(kind for kind in kinds if _IMMATURE.search(kind[0]))
    return Definitions(
        minor=minor,
        names={kind: name for kind, name in kinds.items() if kind not in off},
        groups=frozenset(version.rpartition("/")[0] for version, _ in kinds),
        schemas=schemas,
        off=off,
    )


def _worded(fault: Fault) -> Fault:
    is_quantity = fault.message.startswith("must match pattern")
    return replace(fault, message=_NO_QUANTITY) if is_quantity else fault


def _without_nulls(value: Any) -> Any:
    """Return an object as Kubernetes reads it: a key with null is one that is not there.

    The definitions say so for most fields, not for those of several types (``IntOrString``
    and ``Quantity`` are lists of nullable forms of which exactly one must fit), and let
    null stand for what is required.
    """
    if isinstance(value, dict):
        return {key: _without_nulls(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_without_nulls(each) for each in value]
    return value
