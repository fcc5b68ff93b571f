"""What a profile gives its servers besides resources, as settings of KubeSpawner. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.releases.z2jh.names import SHARED_VOLUME

if TYPE_CHECKING:
    from jupyterhub_eks.config.profile_parts import VolumeConfig
    from jupyterhub_eks.config.profiles import ProfileConfig
    from jupyterhub_eks.config.storage import StorageConfig

# So that no name of a user's meets one of the chart's.
_OWN: Final = "own-"


def extra_settings(profile: ProfileConfig, storage: StorageConfig) -> dict[str, Any]:
    """Return variables, volumes and the end of a server; mappings, to be merged.

    Args:
        profile: What is started.
        storage: Who may write to the shared folder.
    """
    found: dict[str, Any] = {}
    if profile.environment:
        # KubeSpawner fills in templates; here a value is what is written.
        found["environment"] = {key: _plain(text) for key, text in profile.environment.items()}
    volumes = {_OWN + each.name: source for each in profile.volumes if (source := _volume(each))}
    if volumes:
        found["volumes"] = volumes
    if profile.volumes:
        found["volume_mounts"] = {
            _OWN + each.name: _mount(each, storage) for each in profile.volumes
        }
    if profile.max_age_hours:
        # Kubernetes ends the pod, and the hub sees that its container has ended.
        found["extra_pod_config"] = {"activeDeadlineSeconds": profile.max_age_hours * 3600}
    return found


def _plain(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _volume(volume: VolumeConfig) -> dict[str, Any]:
    """Return the source of a volume; nothing for a part of one that is there already."""
    name = _OWN + volume.name
    if volume.claim:
        return {"name": name, "persistentVolumeClaim": {"claimName": volume.claim}}
    if volume.secret:
        return {"name": name, "secret": {"secretName": volume.secret}}
    if volume.config_map:
        return {"name": name, "configMap": {"name": volume.config_map}}
    return {}


def _mount(volume: VolumeConfig, storage: StorageConfig) -> dict[str, Any]:
    if volume.shared:
        # The hook that opens the shared folder for administrators leaves its parts closed.
        read_only = volume.read_only or storage.shared.write != "everyone"
        return {
            "name": SHARED_VOLUME,
            "mountPath": volume.mount,
            "subPath": volume.shared,
            "readOnly": read_only,
        }
    is_text = bool(volume.secret or volume.config_map)
    name = _OWN + volume.name
    return {"name": name, "mountPath": volume.mount, "readOnly": volume.read_only or is_text}
