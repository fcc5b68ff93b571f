"""Whatever the bytes, the answer is a configuration or a ConfigError."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.config.lookup import AUTH_MODELS, model_at
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
YAML_LIKE = st.text(alphabet="ab:-[]{}#&*!|>'\"%@`?, \n\t0.~<=\\\u00e9", max_size=80)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["cognito", "dummy", "oauth", "native", "10.1.0.0/16", "m7i.large", "8G"]),
)


def known_keys() -> list[str]:
    """Return every key of every section, so that trees reach deep into the models."""
    keys = {*DeploymentFile.model_fields, *ProfilesFile.model_fields}
    for model in AUTH_MODELS.values():
        keys |= set(model.model_fields)
    for path in (("network",), ("network", "existing"), ("cluster",), ("cluster", "system_nodes")):
        keys |= set(getattr(model_at(path), "model_fields", {}))
    for path in (("storage",), ("storage", "home"), ("access",), ("state",), ("idle",)):
        keys |= set(getattr(model_at(path), "model_fields", {}))
    for deep in (("pools", "p"), ("pools", "p", "gpu"), ("profiles", 0), ("profiles", 0, "cpu")):
        keys |= set(getattr(model_at(deep), "model_fields", {}))
    for deep in (("profiles", 0, "options", "a"), ("profiles", 0, "volumes", 0)):
        keys |= set(getattr(model_at(deep), "model_fields", {}))
    return sorted(keys)


KEYS = st.one_of(st.sampled_from(known_keys()), st.text(max_size=6))
TREES = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)
        ),
        max_leaves=12,
    ),
    max_size=6,
)


def refusal(sources: ConfigSources) -> ConfigError | None:
    """Return the refusal, if ``sources`` are refused; any other exception goes through."""
    try:
        load(sources)
    except ConfigError as error:
        return error
    return None


def try_load(folder: Path, data: bytes, *, profiles: bool) -> None:
    """Load ``data``; every refusal has to be a ConfigError with usable problems."""
    path = folder / "input.yaml"
    path.write_bytes(data)
    sources = ConfigSources(profiles=path) if profiles else ConfigSources(files=(path,))
    if error := refusal(sources):
        assert any(problem.severity == "error" for problem in error.problems)
        assert all(problem.message for problem in error.problems)


@SETTINGS
@given(data=st.binary(max_size=200))
def test_arbitrary_bytes(data: bytes, tmp_path: Path) -> None:
    """Random bytes never raise anything else."""
    try_load(tmp_path, data, profiles=False)


@SETTINGS
@given(text=YAML_LIKE)
def test_arbitrary_yaml_punctuation(text: str, tmp_path: Path) -> None:
    """Random YAML punctuation never raises anything else."""
    try_load(tmp_path, text.encode(), profiles=False)


@SETTINGS
@given(text=st.text(max_size=120))
def test_arbitrary_text(text: str, tmp_path: Path) -> None:
    """Random text never raises anything else."""
    try_load(tmp_path, text.encode("utf-8", "surrogatepass"), profiles=True)


@pytest.mark.parametrize("profiles", [False, True])
@SETTINGS
@given(tree=TREES)
def test_arbitrary_trees(tree: dict[str, Any], tmp_path: Path, *, profiles: bool) -> None:
    """Random trees of known and unknown keys never raise anything else."""
    try_load(tmp_path, json.dumps(tree).encode(), profiles=profiles)


@SETTINGS
@given(
    key=st.sampled_from(known_keys()), value=SCALARS, section=st.sampled_from(["auth", "access"])
)
def test_arbitrary_flags(key: str, value: object, section: str) -> None:
    """Random flags never raise anything else."""
    overrides = {"auth.type": "cognito", f"{section}.{key}": value}
    if error := refusal(ConfigSources(overrides=overrides)):
        assert all(problem.message for problem in error.problems)
