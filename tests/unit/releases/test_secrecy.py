"""What is a secret is hidden, and what only speaks of one is not."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.releases.secrecy import (
    MASK,
    is_secret_name,
    masked,
    masked_object,
    secret_texts,
)


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "bind_password",
        "cookieSecret",
        "secretToken",
        "client_secret",
        "GITHUB_TOKEN",
        "apiKey",
        "AWS_SECRET_ACCESS_KEY",
        "privateKey",
        "hub.config.ConfigurableHTTPProxy.auth_token",
        "checksum/secret",
        "checksum/auth-token",
    ],
)
def test_names_of_secrets(name: str) -> None:
    """In every way of writing that values, variables and annotations have."""
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "existingSecret",
        "secretName",
        "imagePullSecrets",
        "token_url",
        "tokenExpirationSeconds",
        "topologyKey",
        "key",
        "passwordFile",
        "checksum/config-map",
        "",
    ],
)
def test_names_that_only_speak_of_secrets(name: str) -> None:
    """They are needed to read what was rendered."""
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"db": {"password": "x"}}, {"db": {"password": MASK}}),
        ({"password": 4711}, {"password": MASK}),
        ({"password": ""}, {"password": ""}),
        ({"automountToken": True, "secret": None}, {"automountToken": True, "secret": None}),
        ({"env": {"A_TOKEN": {"value": "x"}}}, {"env": {"A_TOKEN": {"value": MASK}}}),
        (
            {"env": [{"name": "A_TOKEN", "value": "x"}, {"name": "B", "value": "x"}]},
            {"env": [{"name": "A_TOKEN", "value": MASK}, {"name": "B", "value": "x"}]},
        ),
        (
            {"name": "A_TOKEN", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
            {"name": "A_TOKEN", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        ),
        ({"CryptKeeper": {"keys": ["a", "b"]}}, {"CryptKeeper": {"keys": [MASK, MASK]}}),
        ({"url": "mysql://hub:pw@db/hub"}, {"url": f"mysql://hub:{MASK}@db/hub"}),
        ({"key": "-----BEGIN EC PRIVATE KEY-----\nx"}, {"key": MASK}),
    ],
)
def test_values_are_masked_and_their_structure_stays(value: Any, shown: Any) -> None:
    """By name, by place, or by their form."""
    assert masked(value) == shown


def test_a_secret_is_hidden_wherever_it_occurs() -> None:
    """Once known; a short one only by its name, because it occurs everywhere by chance."""
    values = {"apiToken": "abcdefgh", "other": "x abcdefgh y", "secret": "1", "replicas": 1}
    known = list(secret_texts(values))
    assert known == ["abcdefgh", "1"]
    assert masked(values, known) == {
        "apiToken": MASK,
        "other": f"x {MASK} y",
        "secret": MASK,
        "replicas": 1,
    }


def test_no_data_of_a_secret_is_shown() -> None:
    """Whatever its keys are called, and inside a list of objects too."""
    secret = {"kind": "Secret", "data": {"a": "x"}, "stringData": {"b": "y"}, "type": "Opaque"}
    shown = {"kind": "Secret", "data": {"a": MASK}, "stringData": {"b": MASK}, "type": "Opaque"}
    assert masked_object(secret) == shown
    assert masked_object({"kind": "List", "items": [secret]})["items"] == [shown]
    assert masked_object({"kind": "ConfigMap", "data": {"a": "x"}})["data"] == {"a": "x"}
