"""What a server sees of the file system: its mounts on a folder that stands for EFS.

Two access points are two folders, owned as they are created on AWS. A container is a mount
namespace with a root of its own, in which the volumes of a pod are mounted as its
specification says, and a process with the user and group of the access point.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Of both access points (stack `storage`), and of the notebook images.
USER_ID: Final = 1000
GROUP_ID: Final = 100
_SYSTEM: Final = ("bin", "lib", "lib64", "usr")


def cannot_mount() -> str:
    """Return why no container can be made here; empty if one can."""
    if os.geteuid():
        return "needs root to mount and to change user"
    if missing := [name for name in ("unshare", "setpriv", "chroot") if not shutil.which(name)]:
        return f"needs {', '.join(missing)}"
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else f"may not unshare: {tried.stderr.decode().strip()}"


@dataclass(frozen=True)
class FileSystem:
    """A file system with an access point per claim.

    Attributes:
        root: Where it lies.
        permissions: Mode of each access point's folder.
    """

    root: Path
    permissions: Mapping[str, int]

    def make(self) -> None:
        """Make the folders of the access points."""
        for claim, mode in self.permissions.items():
            folder = self.root / claim
            folder.mkdir()
            os.chown(folder, USER_ID, GROUP_ID)
            folder.chmod(mode)

    def run(self, pod: Mapping[str, Any], script: str, place: Path, user: int = USER_ID) -> str:
        """Run a script in the container of a pod; return what it wrote, errors included.

        Args:
            pod: Specification of the pod, as the hub makes it.
            script: For the shell.
            place: Empty folder that becomes the root.
            user: Who runs it.
        """
        inside = f"{place} /bin/sh -c {shlex.quote(script)}"
        commands = [
            f"mount -t tmpfs none {place}",
            *(line for name in _SYSTEM for line in _system(name, place)),
            *self._mounts(pod, place),
            f"mount -o remount,ro {place}",
            f"exec setpriv --no-new-privs chroot --userspec={user}:{GROUP_ID} --groups= {inside}",
        ]
        finished = subprocess.run(
            ["unshare", "--mount", "/bin/sh", "-ec", "\n".join(commands)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return finished.stdout

    def _mounts(self, pod: Mapping[str, Any], place: Path) -> list[str]:
        claims = {
            volume["name"]: volume["persistentVolumeClaim"]["claimName"]
            for volume in pod["volumes"]
            if "persistentVolumeClaim" in volume
        }
        found = []
        for mount in pod["containers"][0]["volumeMounts"]:
            if mount["name"] not in claims:
                continue
            source = self.root / claims[mount["name"]] / mount.get("subPath", "")
            self._make_folder(source)
            target = f"{place}{mount['mountPath']}"
            found += [f"mkdir -p {target}", f"mount --bind {source} {target}"]
            if mount.get("readOnly"):
                found.append(f"mount -o remount,bind,ro {target}")
        return found

    def _make_folder(self, source: Path) -> None:
        """Make what a ``subPath`` names, as the node does through the access point."""
        if not source.exists():
            source.mkdir(mode=0o755)
            os.chown(source, USER_ID, GROUP_ID)


def _system(name: str, place: Path) -> list[str]:
    """Return what gives a container a part of this machine's programs, to be read only."""
    if os.path.islink(f"/{name}"):  # noqa: PTH114 - a path of this machine
        return [f"ln -s {os.readlink(f'/{name}')} {place}/{name}"]  # noqa: PTH115 - the same
    if not os.path.isdir(f"/{name}"):  # noqa: PTH112 - the same
        return []
    target = f"{place}/{name}"
    return [
        f"mkdir {target}",
        f"mount --bind /{name} {target}",
        f"mount -o remount,bind,ro {target}",
    ]
