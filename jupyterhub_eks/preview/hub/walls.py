"""A file system of its own for a server: what its pod mounts, programs, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.preview.hub import kernel

if TYPE_CHECKING:
    from jupyterhub_eks.preview.hub.enclosed import Enclosure

# Of this machine, to be read only.
_SYSTEM: Final = ("bin", "lib", "lib32", "lib64", "libx32", "sbin", "usr")
_SETTINGS: Final = (
    "alternatives",
    "ca-certificates",
    "fonts",
    "hosts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "mime.types",
    "nsswitch.conf",
    "pki",
    "resolv.conf",
    "ssl",
    "terminfo",
)
_DEVICES: Final = ("full", "null", "random", "tty", "urandom", "zero")
# A folder with more in it is not put together anew to add a file to it.
_MOST_ENTRIES: Final = 200


def build(enclosure: Enclosure) -> None:
    """Put the file system together at its place; needs the right to mount.

    Raises:
        OSError: Something cannot be mounted.
    """
    place = enclosure["place"]
    kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("tmpfs", place, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=755")
    _system(place)
    _people(place, enclosure)
    _devices(place)
    for folder in ("tmp", "var/tmp", "run"):
        _empty(place, folder)
    for folder in enclosure["programs"]:
        _show(folder, place + folder, read_only=True)
    # Outer folders first: a volume may be mounted in another one.
    for mount in sorted(enclosure["mounts"], key=lambda each: each["target"].count("/")):
        _show(mount["source"], place + mount["target"], read_only=mount["read_only"])
    for folder in enclosure["empty"]:
        _empty(place, folder.strip("/"))


def enter(enclosure: Enclosure) -> None:
    """Go into the file system that was built, in the first process of its namespace.

    Raises:
        OSError: It is not allowed.
    """
    place = enclosure["place"]
    os.mkdir(f"{place}/proc")  # noqa: PTH102 - a path of two worlds
    flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    kernel.mount("proc", f"{place}/proc", "proc", flags)
    kernel.mount("none", place, flags=kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY)
    os.chroot(place)
    os.chdir("/")


def _system(place: str) -> None:
    for name in _SYSTEM:
        path = Path("/", name)
        if path.is_symlink():
            Path(place, name).symlink_to(path.readlink())
        elif path.is_dir():
            _show(str(path), f"{place}/{name}", read_only=True)
    for name in _SETTINGS:
        path = Path("/etc", name)
        if path.exists():
            _show(str(path.resolve()), f"{place}/etc/{name}", read_only=True)


def _people(place: str, enclosure: Enclosure) -> None:
    """Tell programs the user's name, that of the notebook images."""
    user, group = enclosure["user"], enclosure["group"]
    home = enclosure["folder"]
    shell = enclosure["environment"].get("SHELL", "/bin/sh")
    settings = Path(place, "etc")
    settings.mkdir(exist_ok=True)
    settings.joinpath("passwd").write_text(
        f"root:x:0:0:root:/root:/usr/sbin/nologin\njovyan:x:{user}:{group}::{home}:{shell}\n"
    )
    settings.joinpath("group").write_text(f"root:x:0:\nusers:x:{group}:\n")


def _devices(place: str) -> None:
    for name in _DEVICES:
        _show(f"/dev/{name}", f"{place}/dev/{name}", read_only=False)
    _empty(place, "dev/shm")
    terminals = Path(place, "dev", "pts")
    terminals.mkdir()
    flags = kernel.MS_NOSUID | kernel.MS_NOEXEC
    kernel.mount("devpts", str(terminals), "devpts", flags, "newinstance,ptmxmode=0666,mode=0620")
    Path(place, "dev", "ptmx").symlink_to("pts/ptmx")
    for name, target in {"fd": "", "stdin": "/0", "stdout": "/1", "stderr": "/2"}.items():
        Path(place, "dev", name).symlink_to(f"/proc/self/fd{target}")


def _empty(place: str, folder: str) -> None:
    target = Path(place, folder)
    if target.is_mount() and folder == "dev/shm":
        return
    _make_place(str(target), is_folder=True)
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("tmpfs", str(target), "tmpfs", flags, "mode=1777")


def _show(source: str, target: str, *, read_only: bool) -> None:
    _make_place(target, is_folder=Path(source).is_dir())
    kernel.bind(source, target, read_only=read_only)


def _make_place(target: str, *, is_folder: bool) -> None:
    """Make a folder or file to mount on; in a folder of the system it is laid over that.

    Raises:
        OSError: It cannot be made, or a link of the user's own leads elsewhere.
    """
    path = Path(target)
    if not path.exists():
        _make_room(path.parent)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if is_folder else path.touch()
    if os.path.realpath(target) != target:
        raise OSError(f"{target} is a link; remove it to mount there")


def _make_room(folder: Path) -> None:
    """Let something be made in a folder that can only be read, by an empty one over it."""
    while not folder.exists():
        folder = folder.parent
    if not os.statvfs(folder).f_flag & os.ST_RDONLY:
        return
    with os.scandir(folder) as found:
        entries = [(each.name, each.is_symlink(), each.is_dir()) for each in found]
    if len(entries) > _MOST_ENTRIES:
        raise OSError(f"{folder} of this machine has too much in it to add to it")
    below = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        kernel.mount("tmpfs", str(folder), "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=755")
        for name, is_link, is_folder in entries:
            source, target = f"/proc/self/fd/{below}/{name}", folder / name
            if is_link:
                target.symlink_to(os.readlink(source))  # noqa: PTH115 - a path of two worlds
            else:
                target.mkdir() if is_folder else target.touch()
                kernel.bind(source, str(target), read_only=True)
    finally:
        os.close(below)
