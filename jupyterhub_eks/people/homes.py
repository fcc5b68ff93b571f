"""Where somebody's home is, and how it is put away. Pure."""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

_LONGEST: Final = 48
_HASHED: Final = 8
_PLAIN: Final = re.compile(r"[a-z](?:[a-z0-9-]*[a-z0-9])?")

ARCHIVE: Final = ".archive"
"""Folder for homes that were put away; no user's home is called so."""
HOMES: Final = "/homes"
"""Where the job has all homes."""
ARCHIVE_SCRIPT: Final = """\
set -eu
cd "$HOMES"
if [ ! -d "$HOME_FOLDER" ]; then echo "there is no home $HOME_FOLDER"; exit 0; fi
mkdir -p "$ARCHIVE"
chmod 700 "$ARCHIVE"
if [ -e "$ARCHIVE/$KEPT_AS" ]; then echo "$ARCHIVE/$KEPT_AS is there already" >&2; exit 1; fi
mv "$HOME_FOLDER" "$ARCHIVE/$KEPT_AS"
echo "kept as $ARCHIVE/$KEPT_AS"
"""


def home_folder(name: str) -> str:
    """Return the folder of a user's home, as KubeSpawner expands ``{safe_username}``.

    Args:
        name: User name, as the hub writes it.
    """
    if "--" not in name and len(name) <= _LONGEST and _PLAIN.fullmatch(name):
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASHED]
    most = _LONGEST - _HASHED - 3
    stripped = re.sub(r"[^a-z0-9]+", "-", name.lower()).lstrip("-")[:most].rstrip("-")
    if stripped and not stripped[0].isalpha():
        stripped = f"x-{stripped[: most - 2]}"
    return f"{stripped or 'x'}---{digest}"


def kept_as(name: str, stamp: str) -> str:
    """Return the folder under which a home is put away.

    Args:
        name: User name.
        stamp: When, e.g. ``20260131-101500``.
    """
    return f"{home_folder(name)}-{stamp}"


def archive_environment(name: str, stamp: str, homes: str = HOMES) -> dict[str, str]:
    """Return the variables that :data:`ARCHIVE_SCRIPT` wants."""
    return {
        "HOMES": homes,
        "ARCHIVE": ARCHIVE,
        "HOME_FOLDER": home_folder(name),
        "KEPT_AS": kept_as(name, stamp),
    }


def archive_job(
    name: str, stamp: str, *, image: str, namespace: str, claim: str, pull_secrets: list[Any]
) -> dict[str, Any]:
    """Return the Job that puts a home away.

    Args:
        name: User name.
        stamp: When; part of the name of the folder.
        image: One with a shell, that the cluster has already.
        namespace: Of the hub.
        claim: Volume of all homes.
        pull_secrets: By which the image is pulled, if need be.
    """
    variables = archive_environment(name, stamp)
    container = {
        "name": "archive",
        "image": image,
        "command": ["/bin/sh", "-c", ARCHIVE_SCRIPT],
        "env": [{"name": key, "value": value} for key, value in variables.items()],
        "volumeMounts": [{"name": "homes", "mountPath": HOMES}],
        "resources": {"requests": {"cpu": "50m", "memory": "32Mi"}, "limits": {"memory": "128Mi"}},
        "securityContext": {
            "runAsUser": 1000,
            "runAsGroup": 100,
            "runAsNonRoot": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
    pod = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "containers": [container],
        "imagePullSecrets": pull_secrets,
        "volumes": [{"name": "homes", "persistentVolumeClaim": {"claimName": claim}}],
    }
    digest = hashlib.sha256(f"{name} {stamp}".encode()).hexdigest()[:10]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": f"archive-home-{digest}",
            "namespace": namespace,
            "labels": {"app.kubernetes.io/managed-by": "jhub"},
        },
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": 600,
            "ttlSecondsAfterFinished": 3600,
            "template": {"spec": pod},
        },
    }
