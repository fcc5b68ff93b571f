"""Rules for ``volumes`` of a profile, and the folders that are there already."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.forms import slug
from jupyterhub_eks.config.rules.finding import Finding, Path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.config.profile_parts import VolumeConfig
    from jupyterhub_eks.config.storage import StorageConfig

KINDS: Final = ("claim", "secret", "config_map", "shared")
_VOLUME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?")
# A name of an object, which KubeSpawner would also take for a template if it had braces.
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_FOLDER: Final = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
# Homes of all users; what the hub itself keeps secret.
_OURS: Final = {
    "claim": {
        "home": "everybody's home",
        "shared": "the shared folder",
        "hub-db-dir": "the hub's database",
    },
    "secret": {"hub": "the hub's own secrets", "hub-login": "the passwords of the login"},
    "config_map": {"hub": "the hub's own configuration"},
}
_OF_THE_SYSTEM: Final = (
    "/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr",
    "/var/run",
)  # fmt: skip


def volume_rules(
    path: Path, volumes: Sequence[VolumeConfig], storage: StorageConfig
) -> Iterator[Finding]:
    """Yield findings about the volumes of a profile at ``path``."""
    seen: dict[str, set[str]] = {"name": set(), "mount": set()}
    for index, volume in enumerate(volumes):
        where: Path = (*path, "volumes", index)
        for key, values in seen.items():
            value = getattr(volume, key)
            if value in values:
                yield Finding(
                    path=(*where, key),
                    message=f"`{key}: {value}` is taken by another volume of the profile",
                    hint=f"give each its own `{key}`",
                )
            values.add(value)
        if not _VOLUME.fullmatch(volume.name):
            yield Finding(
                path=(*where, "name"),
                message=f"`{volume.name[:60]}` is no name for a volume",
                hint=f"write e.g. `name: {slug(volume.name, 50, 'data')}`; allowed: up to 50 "
                "lower-case letters, digits and hyphens",
            )
        yield from _kind(where, volume)
        yield from _mount(where, volume, storage)
        yield from _shared(where, volume, storage)


def _kind(where: Path, volume: VolumeConfig) -> Iterator[Finding]:
    given = [key for key in KINDS if getattr(volume, key) is not None]
    if len(given) != 1:
        what = f"has {' and '.join(f'`{key}`' for key in given)}" if given else "is of no kind"
        yield Finding(
            path=(*where, given[1]) if given else where,
            message=f"the volume `{volume.name}` {what}",
            hint=f"write one of {', '.join(f'`{key}`' for key in KINDS)}, e.g. `claim: datasets`",
        )
    for key in given:
        name = getattr(volume, key)
        if key == "shared":
            continue
        if not _NAME.fullmatch(name):
            yield Finding(
                path=(*where, key),
                message=f"`{key}: {name[:60]}` is no name of an object in Kubernetes",
                hint=f"write e.g. `{key}: {slug(name, 60, 'data')}`",
            )
        elif whose := _OURS[key].get(name):
            meant = (
                "write `shared: FOLDER` for a part of it" if name == "shared" else "name another"
            )
            yield Finding(
                path=(*where, key),
                message=f"`{key}: {name}` would show every user of the profile {whose}",
                hint=meant,
            )


def _mount(where: Path, volume: VolumeConfig, storage: StorageConfig) -> Iterator[Finding]:
    mount = volume.mount
    parts = mount.split("/")
    folders = {storage.home.mount: "home", storage.shared.mount: "the shared folder"}
    hidden = [what for folder, what in folders.items() if _is_within(folder, mount)]
    if {".", ".."} & set(parts):
        message = f"`mount: {mount}` has a `.` or `..`"
    elif hidden:
        message = f"`mount: {mount}` would hide {' and '.join(hidden)}"
    elif _is_within(mount, storage.shared.mount):
        message = f"`mount: {mount}` lies in the shared folder, where not everybody may make it"
    elif system := next((each for each in _OF_THE_SYSTEM if _is_within(mount, each)), ""):
        message = f"`mount: {mount}` lies in {system}, which is the image's own"
    else:
        return
    yield Finding(
        path=(*where, "mount"),
        message=message,
        hint=f"write e.g. `mount: /data/{volume.name}`",
        also=(("storage",),),
    )


def _shared(where: Path, volume: VolumeConfig, storage: StorageConfig) -> Iterator[Finding]:
    folder = volume.shared
    if folder is None:
        return
    if not _FOLDER.fullmatch(folder) or {".", ".."} & set(folder.split("/")):
        yield Finding(
            path=(*where, "shared"),
            message=f"`shared: {folder[:60]}` is no folder below the shared folder",
            hint="write e.g. `shared: course-1`; letters, digits and `. _ - /`, no `..`",
        )
    write = storage.shared.write
    if not volume.read_only and write != "everyone":
        yield Finding(
            path=(*where, "shared"),
            message=f"`storage.shared.write` is `{write}`, so nobody can write to "
            f"`{volume.mount}` either",
            hint="write `read_only: true`, so that it is plain",
            also=(("storage",),),
            severity="warning",
        )


def _is_within(inner: str, outer: str) -> bool:
    return inner == outer or inner.startswith(f"{outer.rstrip('/')}/")
