"""What a server sees belongs to whom it runs as on this machine."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.preview.hub import enclosing
from jupyterhub_eks.preview.hub.enclosed import PLAIN, ROOT, USER
from jupyterhub_eks.preview.hub.probing import Apart

if TYPE_CHECKING:
    from pathlib import Path

POD: dict[str, Any] = {
    "spec": {
        "securityContext": {"runAsUser": 4321, "fsGroup": 100},
        "containers": [
            {
                "env": [{"name": "JUPYTERHUB_SERVICE_URL", "value": "http://0.0.0.0:8888/"}],
                "volumeMounts": [{"name": "home", "mountPath": "/home/jovyan", "subPath": "alice"}],
            }
        ],
        "volumes": [{"name": "home", "persistentVolumeClaim": {"claimName": "homes"}}],
    }
}


@pytest.mark.parametrize("kind", [ROOT, USER, PLAIN])
def test_only_root_gives_homes_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """In a namespace of users root is the only one there is, and could not write in them."""
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(enclosing, "_FOUND", [Apart(kind)])
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "getegid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda _path, user, group: given.append((user, group)))
    document: Any = {"state": str(tmp_path), "claims": {"homes": str(tmp_path / "homes")}}

    made, _ = asyncio.run(enclosing.enclosure(POD, document, 8888, ()))

    assert made["kind"] == kind
    assert ((4321, 100) in given) is (kind == ROOT)
