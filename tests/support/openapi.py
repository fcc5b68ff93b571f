"""A few definitions in the form in which the package of Kubernetes' OpenAPI has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.releases.openapi import Definitions, read_definitions
from jupyterhub_eks.tools.openapi_schemas import SchemaStore

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT = {"type": ["string", "null"]}


def kind(group: str, version: str, name: str, **properties: Any) -> dict[str, Any]:
    """Return the definition of a kind."""
    known = {"apiVersion": TEXT, "kind": TEXT, "metadata": {"$ref": "#/$defs/Meta"}}
    return {
        "type": ["object", "null"],
        "properties": {**known, **properties},
        "additionalProperties": False,
        "x-kubernetes-group-version-kind": [{"group": group, "version": version, "kind": name}],
    }


def closed(*required: str, **properties: Any) -> dict[str, Any]:
    """Return the definition of a part that takes these keys only."""
    return {
        "type": ["object", "null"],
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
DOCUMENT: dict[str, Any] = {
    "$defs": {
        "Meta": closed(name=TEXT, annotations={"type": ["object", "null"]}),
        # As published: null fits both, so that exactly one never fits it.
        "IntOrString": {"oneOf": [{"type": ["string", "null"]}, {"type": ["integer", "null"]}]},
        QUANTITY: {"oneOf": [{"type": ["string", "null"]}, {"type": ["number", "null"]}]},
        "Container": closed(
            "name",
            name=TEXT,
            port={"$ref": "#/$defs/IntOrString"},
            limits={
                "type": ["object", "null"],
                "additionalProperties": {"$ref": f"#/$defs/{QUANTITY}"},
            },
        ),
        "Spec": closed(
            "containers",
            containers={
                "type": ["array", "null"],
                "items": {"$ref": "#/$defs/Container"},
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
            },
        ),
        "Pod": kind("", "v1", "Pod", spec={"$ref": "#/$defs/Spec"}),
        "CronJob": kind("batch", "v1", "CronJob", spec={"$ref": "#/$defs/Spec"}),
        "Pools": kind("networking.k8s.io", "v1beta1", "Pool"),
        "CRD": kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition", spec={}),
    }
}


def definitions(document: Mapping[str, Any] = DOCUMENT) -> Definitions:
    """Return the few kinds, as of Kubernetes 1.36."""
    return read_definitions("1.36", document)


def pod(*containers: Any, **metadata: Any) -> dict[str, Any]:
    """Return a pod."""
    spec = {"containers": list(containers)}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", **metadata}, "spec": spec}


def real_definitions(minor: str) -> Definitions:
    """Return those of Kubernetes, brought as jhub does; skip the test if they cannot be had."""
    try:
        return read_definitions(minor, SchemaStore().bring_unless_refused(minor))
    except ToolError as error:
        pytest.skip(f"{error.message}: {error.cause}")
