"""What a server runs and sees on this machine, made of the pod that a cluster would get."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

from jupyterhub_eks.preview.hub.differences import differences
from jupyterhub_eks.preview.hub.enclosed import PLAIN, ROOT
from jupyterhub_eks.preview.hub.placing import SERVER_FILES
from jupyterhub_eks.preview.hub.probing import Apart, apart_here
from jupyterhub_eks.preview.hub.server_process import ServerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterhub_eks.preview.document import Document
    from jupyterhub_eks.preview.hub.enclosed import Enclosure, Mount

_LOG: Final = logging.getLogger(__name__)
# Of both access points on AWS, and of the notebook images.
_USER: Final = 1000
_GROUP: Final = 100
_HOME: Final = "/home/jovyan"
# Less than the hub waits for the process that asks.
_PATIENCE_SECONDS: Final = 8.0
_SERVICE_URL: Final = "JUPYTERHUB_SERVICE_URL"
_ROOT_FOLDER: Final = "JUPYTERHUB_ROOT_DIR"
_FILES_VOLUME: Final = "files"
_RUNTIME_NAME: Final = "JUPYTER_RUNTIME_DIR"
_RUNTIME: Final = "/tmp/jupyter-runtime"  # noqa: S108 - of each server its own

# How servers are kept apart on this machine, once that is known.
_FOUND: Final[list[Apart]] = []


@dataclass
class _Seen:
    """What a server sees, while it is made.

    Attributes:
        mounts: Volumes with content.
        empty: Volumes that are empty at first.
        notes: What cannot be shown here.
    """

    mounts: list[Mount] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


async def enclosure(
    pod: dict[str, Any], document: Document, port: int, arguments: Sequence[str]
) -> tuple[Enclosure, list[str]]:
    """Return how to run the server of a pod, and what is not as in a cluster.

    Args:
        pod: As a cluster would get it.
        document: The previewed hub.
        port: Where the server is to listen.
        arguments: Of ``jupyterhub-singleuser``.

    Raises:
        ServerError: A volume is asked for that cannot be.
        OSError: A folder cannot be made.
    """
    container = pod["spec"]["containers"][0]
    seen = _volumes(pod, document)
    user, group = _owner(pod)
    home = container.get("workingDir") or _home(seen)
    environment, notes = _environment(container, port, home)
    state = Path(document["state"])
    made: Enclosure = {
        "argv": [sys.executable, "-m", "jupyterhub.singleuser", "--ip=127.0.0.1", *arguments],
        "environment": environment,
        "folder": home,
        "kind": PLAIN,
        "mounts": seen.mounts,
        "programs": programs(),
        "empty": seen.empty,
        "user": user,
        "group": group,
        "place": _place(state),
        "patience": _PATIENCE_SECONDS,
    }
    apart = await _apart(made, state)
    made["kind"] = apart.kind
    # Only root gives files away; whoever is another one in a namespace only keeps their own.
    owner = (user, group) if apart.kind == ROOT else (os.geteuid(), os.getegid())
    for mount in seen.mounts:
        _make(Path(mount["source"]), *owner)
    if apart.kind == PLAIN:
        _without_walls(made, seen, home)
        notes.append(
            f"Homes are folders without walls here ({apart.why}): servers see this machine's "
            "files, and the shared folder's write rule has no effect."
        )
    else:
        _with_private_kernels(made)
    return made, [*differences(pod, placed="cluster" in document), *seen.notes, *notes]


async def _apart(tried: Enclosure, state: Path) -> Apart:
    """Return how servers are kept apart, found out once."""
    if not _FOUND:
        _FOUND.append(await apart_here({**tried, "mounts": [], "folder": "/tmp"}, state))  # noqa: S108
        if _FOUND[0].kind == PLAIN:
            _LOG.warning("Servers are not kept apart on this machine: %s", _FOUND[0].why)
    return _FOUND[0]


def _with_private_kernels(made: Enclosure) -> None:
    """Let kernels listen in the server's own /tmp: on loopback all servers would reach them.

    Its paths are short, as those of sockets have to be.
    """
    if _RUNTIME_NAME in made["environment"]:
        return  # a pod that names a place of its own keeps it
    made["environment"][_RUNTIME_NAME] = _RUNTIME
    made["argv"].append("--KernelManager.transport=ipc")


def _without_walls(made: Enclosure, seen: _Seen, home: str) -> None:
    """Let a server run in the folder of a home; other volumes are links in it."""
    made["folder"] = _plain_home(seen, made["environment"], home)
    made["environment"]["JUPYTER_CONFIG_PATH"] = os.pathsep.join(_settings(seen))
    # Such a server is who the hub is.
    if os.geteuid() == 0:
        made["argv"].append("--allow-root")


def _settings(seen: _Seen) -> list[str]:
    """Return folders with the settings that the pod would have in a folder of the system."""
    files = [each for each in seen.mounts if PurePosixPath(each["target"]).parent.name == "jupyter"]
    return sorted({str(Path(each["source"]).parent) for each in files})


def _place(state: Path) -> str:
    place = state / "root"
    place.mkdir(parents=True, exist_ok=True)
    return str(place.resolve())


def _owner(pod: dict[str, Any]) -> tuple[int, int]:
    security = pod["spec"].get("securityContext") or {}
    own = pod["spec"]["containers"][0].get("securityContext") or {}
    user = own.get("runAsUser", security.get("runAsUser", _USER))
    # Nobody gets root on this machine.
    return user or _USER, own.get("runAsGroup", security.get("fsGroup", _GROUP)) or _GROUP


def _volumes(pod: dict[str, Any], document: Document) -> _Seen:
    seen = _Seen()
    volumes = {each["name"]: each for each in pod["spec"].get("volumes") or ()}
    for mount in pod["spec"]["containers"][0].get("volumeMounts") or ():
        volume = volumes.get(mount["name"], {})
        target, inner = mount["mountPath"].rstrip("/"), mount.get("subPath", "")
        if ".." in PurePosixPath(inner).parts or PurePosixPath(inner).is_absolute():
            raise ServerError(f"The folder {inner!r} of volume {mount['name']} is outside of it.")
        if claim := volume.get("persistentVolumeClaim"):
            folder = _claim(claim["claimName"], document, seen)
        elif mount["name"] == _FILES_VOLUME and "secret" in volume:
            folder = Path(document["state"]) / SERVER_FILES
        elif "emptyDir" in volume:
            seen.empty.append(target)
            continue
        else:
            seen.notes.append(f"Volume {mount['name']} ({target}) is not here.")
            continue
        read_only = bool(mount.get("readOnly")) or mount["name"] == _FILES_VOLUME
        seen.mounts.append(
            {"source": str(folder / inner), "target": target, "read_only": read_only}
        )
    return seen


def _claim(name: str, document: Document, seen: _Seen) -> Path:
    if folder := document["claims"].get(name):
        return Path(folder)
    seen.notes.append(f"The volume claim {name} is a new folder of the preview.")
    return Path(document["state"]) / "volumes" / name


def _make(source: Path, user: int, group: int) -> None:
    """Make what a mount names, with the owner that an access point gives to it."""
    if source.is_file():
        return
    try:
        for folder in (source.parent, source):
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        if os.geteuid() == 0 and source.stat().st_uid != user:
            os.chown(source, user, group)
    except OSError as error:
        raise ServerError(f"The folder {source} cannot be made: {error.strerror}") from error


def _home(seen: _Seen) -> str:
    """Return where the home is: the first volume that keeps what is written to it."""
    found = (each["target"] for each in seen.mounts if not each["read_only"])
    targets = list(found)
    return _HOME if _HOME in targets or not targets else targets[0]


def _environment(
    container: dict[str, Any], port: int, home: str
) -> tuple[dict[str, str], list[str]]:
    """Return the variables of a server, and those that only a cluster can fill."""
    found, notes = {}, []
    for variable in container.get("env") or ():
        if "valueFrom" in variable:
            notes.append(f"Variable {variable['name']} comes from the cluster and is not set here.")
        else:
            found[variable["name"]] = variable.get("value") or ""
    url = urlsplit(found[_SERVICE_URL])
    found[_SERVICE_URL] = urlunsplit(url._replace(netloc=f"127.0.0.1:{port}"))
    programs = Path(sys.executable).parent
    usual = {
        "HOME": home,
        "LANG": "C.UTF-8",
        "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
        "SHELL": "/bin/bash" if Path("/bin/bash").exists() else "/bin/sh",
        "NB_USER": "jovyan",
    }
    return {**usual, **found, "PATH": usual["PATH"]}, notes


def _plain_home(seen: _Seen, environment: dict[str, str], home: str) -> str:
    """Return the folder that is a home where none can be mounted; other volumes are links in it."""
    sources = {each["target"]: Path(each["source"]) for each in seen.mounts}
    folder = sources.pop(home, Path(next(iter(sources.values()))) if sources else Path.cwd())
    for target, source in sources.items():
        link = folder / PurePosixPath(target).name
        if source.is_dir() and not link.exists() and not link.is_symlink():
            link.symlink_to(source)
    environment["HOME"] = str(folder)
    if environment.get(_ROOT_FOLDER, "").startswith(home):
        environment[_ROOT_FOLDER] = str(folder) + environment[_ROOT_FOLDER][len(home) :]
    return str(folder)


def programs() -> list[str]:
    """Return the folders of the Python that runs this, by all names that lead to it."""
    names = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    names |= {os.path.realpath(each) for each in names}
    # The system's own are seen anyhow.
    return sorted(each for each in names if each not in ("/", "/usr"))
