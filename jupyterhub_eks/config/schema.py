"""JSON Schema of both files, for editors; and the files under ``docs/`` made from the models.

``python -m jupyterhub_eks.config.schema --write`` writes them again after a change
of a model; a test fails while they are stale.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.base import Section
from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.config.reference import reference_page
from jupyterhub_eks.config.samples import default_of
from jupyterhub_eks.resources import data_root

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_FILES: Final[Mapping[str, type[Section]]] = {
    "jhub.schema.json": DeploymentFile,
    "profiles.schema.json": ProfilesFile,
}
_TITLES: Final = {"jhub.schema.json": "jhub.yaml", "profiles.schema.json": "profiles.yaml"}


def json_schema(file_name: str) -> dict[str, Any]:
    """Return the schema (draft 2020-12) of one of :data:`SCHEMA_FILES`."""
    model = SCHEMA_FILES[file_name]
    schema = model.model_json_schema()
    _complete(schema, model)
    definitions = schema.get("$defs", {})
    for section in _sections(model):
        if section.__name__ in definitions:
            _complete(definitions[section.__name__], section)
    title = _TITLES[file_name]
    return {"$schema": DRAFT, "$id": file_name, **schema, "title": title}


def write_schemas(directory: Path) -> tuple[Path, ...]:
    """Write both schemas into ``directory`` (made if missing), for editors; return the files."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for file_name in SCHEMA_FILES:
        path = directory / file_name
        path.write_text(_as_text(json_schema(file_name)), encoding="utf-8")
        written.append(path)
    return tuple(written)


def generated_files() -> dict[str, str]:
    """Return each generated file, as path under ``docs/`` and text."""
    files = {f"schema/{name}": _as_text(json_schema(name)) for name in SCHEMA_FILES}
    return {**files, "configuration.md": reference_page()}


def main(arguments: list[str]) -> int:
    """Write the generated files with ``--write``; otherwise report stale ones by exit code 1."""
    docs = data_root() / "docs"
    stale = False
    for name, text in generated_files().items():
        path = docs / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale = True
        if "--write" in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return int(stale and "--write" not in arguments)


def _as_text(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _complete(schema: dict[str, Any], model: type[Section]) -> None:
    """Add defaults that pydantic leaves out because a factory makes them."""
    for name, info in model.model_fields.items():
        entry = schema["properties"][name]
        entry.pop("discriminator", None)  # OpenAPI's, not JSON Schema's
        if not info.is_required() and "default" not in entry:
            entry["default"] = default_of(model, name)


def _sections(model: type[Section]) -> list[type[Section]]:
    """Return every section class there is below ``Section``; unused ones do no harm."""
    found: list[type[Section]] = []
    queue = [model, *Section.__subclasses__()]
    while queue:
        section = queue.pop()
        if section not in found:
            found.append(section)
            queue += section.__subclasses__()
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
