"""Volumes of an imported profile: as ``volumes`` of ours where those can say it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from jupyterhub_eks.config.document import ListNode, MapNode, Scalar, to_plain
from jupyterhub_eks.config.forms import slug
from jupyterhub_eks.config.profile_parts import VolumeConfig
from jupyterhub_eks.config.rules.volumes import volume_rules
from jupyterhub_eks.config.storage import StorageConfig
from jupyterhub_eks.releases.z2jh.names import SHARED_VOLUME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.document import Node, Place

_OWN: Final = "own-"  # in front of the names that ours render
_NAME: Final = 50
# What our own servers have, so that Kubernetes would refuse another one there.
_SHARED_MEMORY: Final = "/dev/shm"  # noqa: S108 - a folder of the container
_KINDS: Final = {
    "persistentVolumeClaim": ("claimName", "claim"),
    "secret": ("secretName", "secret"),
    "configMap": ("name", "config_map"),
}


@dataclass
class Volumes:
    """What becomes of the volumes of a server.

    Attributes:
        own: As ``volumes`` of a profile.
        override: As settings of ``kubespawner_override``.
        lost: What is not carried, with its place.
    """

    own: list[dict[str, Any]] = field(default_factory=list)
    override: dict[str, dict[str, Any]] = field(default_factory=dict)
    lost: list[tuple[Place, str]] = field(default_factory=list)

    def keep(self, setting: str, key: str, value: Any) -> None:
        """Carry a volume or mount as it is."""
        self.override.setdefault(setting, {})[key] = value


def volumes_of(settings: Mapping[str, Node]) -> Volumes:
    """Return the volumes in the settings of a server.

    Args:
        settings: Settings of the profile and its choices, without those of the hub.
    """
    found = Volumes()
    given = dict(_named(settings.get("volumes"), "volumes", found))
    mounted: set[str] = set()
    for key, mount, place in _entries(settings.get("volume_mounts"), "volume_mounts", found):
        name, path = str(mount.get("name", "")), str(mount.get("mountPath", ""))
        volume = given.get(name)
        if why := _taken(path):
            found.lost.append((place, f"the mount of `{name}` at `{path}` is not carried: {why}"))
        elif own := _own(mount, volume):
            found.own.append(own)
        elif volume is None:
            message = f"the mount of `{name}` at `{path}` is not carried: its volume is the hub's"
            found.lost.append((place, message))
        else:
            found.keep("volumes", name, volume)
            found.keep("volume_mounts", key, mount)
        mounted.add(name)
    for name, volume in given.items():
        if name not in mounted:
            found.keep("volumes", name, volume)
    return found


def _named(node: Node | None, setting: str, found: Volumes) -> Iterator[tuple[str, dict[str, Any]]]:
    for _, volume, place in _entries(node, setting, found):
        name = volume.get("name")
        if isinstance(name, str) and name:
            yield name, volume
        else:
            found.lost.append((place, f"an entry of `{setting}` has no name and is not carried"))


def _entries(
    node: Node | None, setting: str, found: Volumes
) -> Iterator[tuple[str, dict[str, Any], Place]]:
    """Yield the mappings of a list, or of a mapping's values, each with a key."""
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return
    if isinstance(node, Scalar):
        found.lost.append((node.place, f"the setting `{setting}` is not carried: it is no list"))
        return
    if isinstance(node, ListNode):
        message = f"`{setting}` is laid over home and shared folder here, which stay mounted"
        found.lost.append((node.place, message))
        each = [(str(i), item) for i, item in enumerate(node.items)]
    else:
        each = [(key, entry.value) for key, entry in node.entries.items()]
    for key, value in each:
        if isinstance(value, MapNode):
            plain = to_plain(value)
            name = str(plain.get("name") or key)
            yield (f"{name}-{key}" if isinstance(node, ListNode) else key), plain, value.place
        else:
            message = f"an entry of `{setting}` is no mapping and is not carried"
            found.lost.append((value.place, message))


def _taken(path: str) -> str:
    """Return why nothing of a profile is mounted at a folder; empty: it may be."""
    storage = StorageConfig()
    for folder, what in (
        (storage.home.mount, "home is mounted there"),
        (storage.shared.mount, "the shared folder is mounted there"),
        (_SHARED_MEMORY, "servers have shared memory anyway"),
    ):
        if folder == path.rstrip("/"):
            return what
    return ""


def _own(mount: Mapping[str, Any], volume: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a mount as one of ``volumes``; empty: these cannot say it."""
    if volume is None:
        is_part = mount.get("name") == SHARED_VOLUME and mount.get("subPath")
        source = {"shared": mount["subPath"]} if is_part else {}
        extra = {"subPath"}
    else:
        source, extra = _source(volume), set()
    if not source or not mount.keys() <= {"name", "mountPath", "readOnly", *extra}:
        return {}
    name = str(mount["name"]).removeprefix(_OWN)
    if volume is None:
        name = str(mount["subPath"]).rpartition("/")[2]
    written = {"name": slug(name, _NAME, "data"), "mount": mount.get("mountPath"), **source}
    if mount.get("readOnly") is True and not source.keys() & {"secret", "config_map"}:
        written["read_only"] = True
    try:
        config = VolumeConfig.model_validate(written, strict=True)
    except ValidationError:
        return {}
    faults = volume_rules((), [config], StorageConfig())
    return {} if any(each.severity == "error" for each in faults) else written


def _source(volume: Mapping[str, Any]) -> dict[str, Any]:
    kinds = volume.keys() - {"name"}
    if len(kinds) != 1:
        return {}
    (kind,) = kinds
    key, ours = _KINDS.get(kind, ("", ""))
    given = volume[kind]
    if not key or not isinstance(given, dict) or given.keys() != {key}:
        return {}
    return {ours: given[key]}
