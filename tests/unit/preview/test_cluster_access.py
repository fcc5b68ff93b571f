"""The hub gets one context of the user's kubeconfig, and nothing else of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from jupyterhub_eks.preview.cluster_access import only

if TYPE_CHECKING:
    from pathlib import Path

EXEC: dict[str, Any] = {
    "apiVersion": "client.authentication.k8s.io/v1beta1",
    "command": "aws",
    "args": ["eks", "get-token"],
    "env": [{"name": "AWS_PROFILE", "value": "theirs"}],
}


def write(folder: Path, **user: Any) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "config"
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "other",
        "clusters": [
            {"name": "c", "cluster": {"server": "https://c", "certificate-authority": "ca.crt"}},
            {"name": "d", "cluster": {"server": "https://d"}},
        ],
        "users": [{"name": "u", "user": user}, {"name": "v", "user": {"token": "secret-of-v"}}],
        "contexts": [
            {"name": "mine", "context": {"cluster": "c", "user": "u", "namespace": "n"}},
            {"name": "other", "context": {"cluster": "d", "user": "v"}},
        ],
    }
    path.write_text(yaml.safe_dump(document))
    return path


def test_only_the_context_that_is_named(tmp_path: Path) -> None:
    """It is the current one; files are found from everywhere, secrets of others stay away."""
    key = {"client-certificate": "u.crt", "client-key": "/keys/u.key"}
    text = only(write(tmp_path, **key), "mine", {})

    made = json.loads(text)
    assert made["current-context"] == "mine"
    assert "secret-of-v" not in text
    (cluster,) = made["clusters"]
    assert cluster["cluster"] == {
        "server": "https://c",
        "certificate-authority": str(tmp_path / "ca.crt"),
    }
    (user,) = made["users"]
    assert user["user"] == {
        "client-certificate": str(tmp_path / "u.crt"),
        "client-key": "/keys/u.key",
    }
    (context,) = made["contexts"]
    assert context["context"] == {"cluster": cluster["name"], "user": user["name"]}


def test_a_program_that_makes_tokens_knows_the_profile(tmp_path: Path) -> None:
    """The hub is started without the caller's variables; secret ones are not written down."""
    given = {
        "AWS_PROFILE": "mine",
        "AWS_REGION": "eu-west-1",
        "AWS_SECRET_ACCESS_KEY": "hidden",
    }
    text = only(write(tmp_path, exec=EXEC), "mine", given)

    assert json.loads(text)["users"][0]["user"]["exec"]["env"] == [
        {"name": "AWS_PROFILE", "value": "theirs"},
        {"name": "AWS_REGION", "value": "eu-west-1"},
    ]
    assert "hidden" not in text


def test_a_program_beside_the_kubeconfig_is_found(tmp_path: Path) -> None:
    """One on the path is left as it is named."""
    beside = {**EXEC, "command": "./bin/token"}
    found = [
        json.loads(only(write(tmp_path, exec=each), "mine", {}))["users"][0]["user"]["exec"]
        for each in (EXEC, beside)
    ]

    assert [each["command"] for each in found] == ["aws", str(tmp_path / "bin" / "token")]
