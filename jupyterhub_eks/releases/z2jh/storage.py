"""Homes and the shared folder: one volume each, mounted by everybody's server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.merging import merge
from jupyterhub_eks.releases.z2jh.hooks import hook
from jupyterhub_eks.releases.z2jh.names import HOME_CLAIM, SHARED_CLAIM, SHARED_VOLUME

if TYPE_CHECKING:
    from jupyterhub_eks.config.storage import StorageConfig

# KubeSpawner's own slug under the name that no slug scheme changes: a home stays where
# it is, whatever a later chart prefers (D31).
HOME_FOLDER: Final = "{safe_username}"


def storage_values(storage: StorageConfig) -> dict[str, Any]:
    """Return where homes and the shared folder are mounted, and who may write."""
    everyone = storage.shared.write == "everyone"
    values: dict[str, Any] = {
        "hub": {"db": {"pvc": {"storageClassName": labels.STORAGE_CLASS}}},
        "singleuser": {
            "storage": {
                "homeMountPath": storage.home.mount,
                "static": {"pvcName": HOME_CLAIM, "subPath": HOME_FOLDER},
                "extraVolumes": {
                    SHARED_VOLUME: {
                        "name": SHARED_VOLUME,
                        "persistentVolumeClaim": {"claimName": SHARED_CLAIM},
                    }
                },
                "extraVolumeMounts": {
                    SHARED_VOLUME: {
                        "name": SHARED_VOLUME,
                        "mountPath": storage.shared.mount,
                        "readOnly": not everyone,
                    }
                },
            }
        },
    }
    return merge(values, hook("shared_folder")) if storage.shared.write == "admins" else values
