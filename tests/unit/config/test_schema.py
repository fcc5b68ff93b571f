"""The files generated from the models."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.config.base import Section
from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.lookup import AUTH_MODELS
from jupyterhub_eks.config.schema import (
    DRAFT,
    SCHEMA_FILES,
    generated_files,
    json_schema,
    main,
    write_schemas,
)
from jupyterhub_eks.resources import data_root

DOCS = data_root() / "docs"


def objects(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return name and schema of each section."""
    return [("root", schema), *schema.get("$defs", {}).items()]


def sections(base: type[Section] = Section) -> list[type[Section]]:
    """Return every section class of the configuration."""
    found = []
    for model in base.__subclasses__():
        found += [model, *sections(model)]
    return [model for model in found if not model.__name__.startswith("_")]


@pytest.mark.parametrize("name", sorted(generated_files()))
def test_generated_files_are_fresh(name: str) -> None:
    """docs/ shows the models as they are; `python -m jupyterhub_eks.config.schema --write`."""
    assert (DOCS / name).read_text(encoding="utf-8") == generated_files()[name]


def test_fresh_files_are_not_reported() -> None:
    """Without ``--write`` the exit code says whether something is stale."""
    assert main([]) == 0


@pytest.mark.parametrize("name", sorted(SCHEMA_FILES))
def test_editors_flag_unknown_keys(name: str) -> None:
    """Every section closes its list of keys."""
    schema = json_schema(name)
    assert schema["$schema"] == DRAFT
    for where, entry in objects(schema):
        assert entry["additionalProperties"] is False, where


@pytest.mark.parametrize("name", sorted(SCHEMA_FILES))
def test_editors_show_text_and_default_of_each_key(name: str) -> None:
    """Every key has a description, and a default unless it is required."""
    for where, entry in objects(json_schema(name)):
        for key, value in entry["properties"].items():
            assert value["description"], f"{where}.{key}"
            required = key in entry.get("required", ())
            assert required or "default" in value or "const" in value, f"{where}.{key}"


def test_choices_are_enumerated() -> None:
    """Editors can complete the values of closed lists."""
    schema = json_schema("jhub.schema.json")
    cluster = schema["$defs"]["ClusterConfig"]["properties"]
    assert "1.36" in cluster["version"]["enum"]
    assert schema["$defs"]["NetworkConfig"]["properties"]["nat"]["enum"] == ["single", "per-zone"]


def test_login_types_are_told_apart() -> None:
    """Each login method is one alternative, known by its constant type."""
    schema = json_schema("jhub.schema.json")
    names = {option["$ref"].rsplit("/", 1)[1] for option in schema["properties"]["auth"]["oneOf"]}
    types = {schema["$defs"][name]["properties"]["type"]["const"] for name in names}
    assert types == set(AUTH_MODELS)


def test_every_field_is_described() -> None:
    """A setting without a sentence about it is of no use to anybody."""
    for model in sections():
        for name, info in model.model_fields.items():
            assert info.description, f"{model.__name__}.{name}"


def test_every_setting_has_a_default() -> None:
    """Except for what names another thing (a VPC, a pool), nothing has to be written."""
    assert DeploymentFile() == DeploymentFile.model_validate({})
    required = {
        f"{model.__name__}.{name}"
        for model in sections()
        if model is not Deployment
        for name, info in model.model_fields.items()
        if info.is_required()
    }
    assert required == {
        "DummyAuth.type",
        "CognitoAuth.type",
        "OAuthAuth.type",
        "NativeAuth.type",
        "CustomAuth.type",
        "CustomAuth.authenticator",
        "ExistingPool.user_pool_id",
        "ExistingPool.client_id",
        "OidcProvider.issuer",
        "OidcProvider.client_id",
        "ExistingNetwork.vpc_id",
        "ExistingNetwork.private_subnet_ids",
        "PoolConfig.instances",
        "PoolTaint.key",
        "ProfileConfig.name",
        "ProfileConfig.pool",
        "ImageConfig.image",
        "VolumeConfig.name",
        "VolumeConfig.mount",
    }


def test_schemas_can_be_put_beside_a_configuration(tmp_path: Any) -> None:
    """`jhub init` writes them where the first line of its files points."""
    written = write_schemas(tmp_path / "schema")
    assert [path.name for path in written] == list(SCHEMA_FILES)
    assert all(
        path.read_text(encoding="utf-8")
        == (DOCS / "schema" / path.name).read_text(encoding="utf-8")
        for path in written
    )
