"""Make ``karpenter/schemas.json`` from Karpenter's custom resource definitions.

``python -m tests.support.crd_schemas FOLDER``, with the ``*.yaml`` of ``pkg/apis/crds`` at
the tag of ``versions.KARPENTER``, writes the file anew.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from jupyterhub_eks.resources import data_root
from jupyterhub_eks.versions import KARPENTER

KINDS = ("EC2NodeClass", "NodePool", "NodeOverlay")
SOURCE = {
    "project": "aws/karpenter-provider-aws",
    "file": "pkg/apis/crds/*.yaml",
    "tag": f"v{KARPENTER}",
    "commit": "bde00654cd316fddb3dccfba3f5ac07039865429",
    "licence": "Apache-2.0",
    "changes": "apiVersion, kind, metadata.name and spec only; without descriptions and rules in "
    "CEL; closed against properties that are not listed, which Kubernetes would drop in silence",
}


def schemas(folder: Path) -> dict[str, Any]:
    """Return the contents of the file for the definitions in ``folder``."""
    yaml = YAML(typ="safe", pure=True)
    found = {}
    for path in sorted(folder.glob("*.yaml")):
        spec = yaml.load(path)["spec"]
        kind = spec["names"]["kind"]
        if kind in KINDS:
            (version,) = spec["versions"]
            found[kind] = {
                "apiVersion": f"{spec['group']}/{version['name']}",
                "schema": _of_objects(version["schema"]["openAPIV3Schema"]),
            }
    return {"source": SOURCE, "kinds": found}


def _of_objects(schema: dict[str, Any]) -> dict[str, Any]:
    spec = _strict(schema["properties"]["spec"])
    text = {"type": "string"}
    metadata = {
        "type": "object",
        "properties": {"name": text},
        "required": ["name"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"apiVersion": text, "kind": text, "metadata": metadata, "spec": spec},
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "additionalProperties": False,
    }


def _strict(schema: Any) -> Any:
    """Return a schema without prose and extensions, and closed where it lists properties."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if not _is_left_out(key, value)}
    result = {key: _strict(value) for key, value in kept.items() if key != "properties"}
    if "properties" in schema:
        # Its keys are names of properties, of which one may be called like a keyword.
        inner = schema["properties"]
        result["properties"] = {name: _strict(inner[name]) for name in sorted(inner)}
        result.setdefault("additionalProperties", False)
    return result


def _is_left_out(key: str, value: Any) -> bool:
    return key.startswith("x-kubernetes-") or (key == "description" and isinstance(value, str))


def text_of(contents: dict[str, Any]) -> str:
    """Return the file's text."""
    return json.dumps(contents, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    target = data_root() / "karpenter" / "schemas.json"
    target.write_text(text_of(schemas(Path(sys.argv[1]))), encoding="utf-8")
