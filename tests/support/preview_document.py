"""What a previewed hub is told, for tests that run it or a part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.hub import ENVIRONMENT, values

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.preview.document import Document, SizeFacts

USER_PASSWORD = ENVIRONMENT["JHUB_USER_PASSWORD"]
ADMIN_PASSWORD = ENVIRONMENT["JHUB_ADMIN_PASSWORD"]
PROFILES: dict[str, Any] = {
    "pools": {"cpu": {"instances": ["m7i"], "sizes": ["xlarge"]}},
    "profiles": [
        {
            "name": "Small",
            "pool": "cpu",
            "cpu": {"guarantee": 1, "limit": 2},
            "memory": {"guarantee": "4G", "limit": "4G"},
            "images": {"SciPy": "quay.io/jupyter/scipy-notebook:2025-11-10"},
        },
        {
            "name": "Large",
            "pool": "cpu",
            "cpu": {"guarantee": 2, "limit": 2},
            "memory": {"guarantee": "8G", "limit": "8G"},
            "images": {"SciPy": "quay.io/jupyter/scipy-notebook:2025-11-10"},
        },
    ],
}


def facts(**changed: Any) -> SizeFacts:
    """Return what the proof says of a size."""
    usual: SizeFacts = {
        "pool": "cpu",
        "instances": ["m7i.xlarge"],
        "users_per_node": 3,
        "usd_per_hour": 0.0672,
        "node_usd_per_hour": 0.2016,
        "reason": "",
        "seconds": 150,
    }
    return {**usual, **changed}  # type: ignore[typeddict-item]


def document(state: Path, settings: dict[str, Any] | None = None, **changed: Any) -> Document:
    """Return what a hub with shared passwords is told; alice and everybody else may enter.

    Args:
        state: Its folder.
        settings: Of ``jhub.yaml``, besides name and login.
        changed: Parts of the document.
    """
    auth = {"type": "dummy", "admins": ["root"], "allow": {"everyone": True}}
    given = {"name": "demo", "region": "us-west-2", "auth": auth, **(settings or {})}
    usual: Document = {
        "name": "demo",
        "namespace": "jupyterhub",
        "values": values(PROFILES, **given),
        "environment": dict(ENVIRONMENT),
        "url": "http://127.0.0.1:8000",
        "hub_port": 8001,
        "proxy_api_port": 8002,
        "proxy_token": "token-of-the-proxy",
        "state": str(state),
        "claims": {"home": str(state / "homes"), "shared": str(state / "shared")},
        "facts": {"small": {"": facts()}, "large": {"": facts()}},
        "unavailable": [],
        "full": [],
        "cull_after": None,
        "real_time": False,
        "provider": "",
    }
    return {**usual, **changed}  # type: ignore[typeddict-item]
