"""Rules for ``storage``: where folders are mounted, and their key."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.rules.arns import kms_findings
from jupyterhub_eks.config.rules.finding import Finding, Path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.deployment import DeploymentFile

# A volume on one of these hides what the image needs to start; everything below
# the second group as well.
_SYSTEM: Final = frozenset({"/", "/home", "/mnt", "/opt", "/srv", "/usr", "/var"})
_SYSTEM_TREES: Final = (
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/opt/conda",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/sys",
    "/tmp",  # noqa: S108 - a path in the notebook, nothing is written here
    "/usr/bin",
    "/usr/lib",
)


def storage_rules(settings: DeploymentFile) -> Iterator[Finding]:
    """Yield findings about mounts and the file system's key."""
    storage = settings.storage
    home, shared = storage.home.mount, storage.shared.mount
    home_path: Path = ("storage", "home", "mount")
    shared_path: Path = ("storage", "shared", "mount")
    yield from _mount(home_path, home)
    yield from _mount(shared_path, shared)
    home_dir, shared_dir = PurePosixPath(home), PurePosixPath(shared)
    if home_dir == shared_dir:
        yield Finding(
            path=shared_path,
            message=f"the shared folder is mounted at `{shared}`, where the personal one is",
            hint="write e.g. `mount: /home/shared`",
            also=(home_path,),
        )
    elif shared_dir in home_dir.parents:
        yield Finding(
            path=home_path,
            message=f"the personal folder `{home}` would lie inside the shared one `{shared}`",
            hint="write e.g. `mount: /home/jovyan`",
            also=(shared_path,),
        )
    if storage.kms_key_arn:
        yield from kms_findings(("storage", "kms_key_arn"), storage.kms_key_arn, settings)


def _mount(path: Path, mount: str) -> Iterator[Finding]:
    if "//" in mount or mount.rstrip("/") != mount or {".", ".."} & set(mount.split("/")):
        tidy = "/" + "/".join(part for part in mount.split("/") if part not in ("", ".", ".."))
        yield Finding(
            path=path,
            message=f"`{mount}` is not a plain absolute path",
            hint=f"write e.g. `mount: {tidy}`",
        )
    elif mount in _SYSTEM or any(f"{mount}/".startswith(f"{tree}/") for tree in _SYSTEM_TREES):
        yield Finding(
            path=path,
            message=f"a volume at `{mount}` would hide a folder that the notebook image needs",
            hint="write a folder of its own, e.g. `/home/jovyan`, `/home/shared` or `/data`",
        )
