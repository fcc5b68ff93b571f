"""Which configuration a command means when it is not told.

The record of a deployment remembers files and flags of its last deploy. A command
that names none goes on with them, and says so in one line.
"""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.flags import FLAG_OF
from jupyterhub_eks.config.opening import PAST_PIPE, is_stream
from jupyterhub_eks.errors import StateError, UsageError
from jupyterhub_eks.orchestration.record import read_record, recorded_sources
from jupyterhub_eks.orchestration.record_store import stacks_by_state
from jupyterhub_eks.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterhub_eks.cli.options import Sources
    from jupyterhub_eks.orchestration.record import Record
    from jupyterhub_eks.workspace import TargetKind

DEFAULT_FILE: Final = Path("jhub.yaml")
DEFAULT_PROFILES: Final = Path("profiles.yaml")
# Flags that the record remembers, without hyphens, and the key that each sets.
FLAGS: Final = {
    flag.removeprefix("--"): key
    for key, flag in FLAG_OF.items()
    if flag in ("--region", "--auth", "--domain")
}


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """The configuration that is meant.

    Attributes:
        files: Configuration files, overlays last.
        profiles: Profiles file, if it was named or stands here without a ``jhub.yaml``.
        name: Value of ``--name``, if given or remembered.
        flags: Values of the remembered flags, by flag without hyphens.
        note: One line that says what was remembered; empty if nothing was.
        deployment: Name of the deployment whose record was gone by; empty if none was.
        is_unknown: That deployment has lost its record, and nothing was named instead.
    """

    files: tuple[Path, ...] = ()
    profiles: Path | None = None
    name: str | None = None
    flags: dict[str, str] = field(default_factory=dict)
    note: str = ""
    deployment: str = ""
    is_unknown: bool = False

    @property
    def overrides(self) -> dict[str, Any]:
        """Dotted configuration keys that flags set."""
        named = {"name": self.name} if self.name else {}
        return named | {FLAGS[flag]: value for flag, value in self.flags.items()}

    def to_record(self) -> dict[str, object]:
        """Return what the record remembers; paths relative to the current folder."""
        return {
            "files": [_portable(path) for path in self.files],
            "profiles": _portable(self.profiles) if self.profiles else None,
            "name": self.name,
            "flags": dict(self.flags),
        }


def deployments(root: Path, target: TargetKind) -> tuple[str, ...]:
    """Return the names of the deployments in a work folder that have, or kept, something."""
    return _names(root, target, lambda record: bool(record.deployed or record.kept))


def deployed(root: Path, target: TargetKind) -> tuple[str, ...]:
    """Return the names of the deployments in a work folder that have a stack."""
    return _names(root, target, lambda record: bool(record.deployed))


def _names(root: Path, target: TargetKind, wanted: Callable[[Record], bool]) -> tuple[str, ...]:
    return tuple(
        home.name
        for home in sorted((root / target).glob("*/"))
        if home.is_dir() and _matches(Workspace(root, target, home.name), wanted)
    )


def _matches(workspace: Workspace, wanted: Callable[[Record], bool]) -> bool:
    try:
        record = read_record(workspace.record)
        if record is None:  # removed by hand, while Terraform's states are there
            return bool(stacks_by_state(workspace))
    except StateError:
        return True  # it exists, and the command that needs it says what is wrong with it
    return wanted(record)


def target_remembered(root: Path) -> TargetKind:
    """Return whose records a command goes by that has no target: AWS's, unless all are local."""
    return "local" if deployments(root, "local") and not deployments(root, "aws") else "aws"


def resolve(given: Sources, root: Path, target: TargetKind) -> Resolved:
    """Return what ``given`` means in this folder and work folder.

    Raises:
        StateError: The record that is needed cannot be read.
    """
    if given.name is not None and not given.name.strip():
        raise UsageError("--name is empty", hint="give the name of a deployment, or no --name")
    flags = {flag: value for flag in FLAGS if (value := getattr(given, flag)) is not None}
    if given.file:
        return Resolved(
            files=tuple(given.file), profiles=given.profiles, name=given.name, flags=flags
        )
    remembered = _remembered(given.name, root, target)
    files = remembered.files or ((DEFAULT_FILE,) if _has_default_file() else ())
    recorded_flags = {} if flags else remembered.flags
    used = Resolved(
        files=files,
        profiles=given.profiles or remembered.profiles or (None if files else _profiles_here()),
        name=given.name or remembered.name,
        flags=flags or recorded_flags,
        deployment=remembered.deployment,
        is_unknown=remembered.is_unknown and not (files or flags),
    )
    return dataclasses.replace(used, note=_note(given, used, recorded_flags))


def _remembered(name: str | None, root: Path, target: TargetKind) -> Resolved:
    """Return what the record of the deployment that is meant remembers.

    That is the one named; else, beside a ``jhub.yaml``, the one deployed from it, so that
    another deployment's flags are never put on top of it; else the only one there is.
    """
    known = deployments(root, target)
    if name is not None:
        return _read(Workspace(root, target, name)) if name in known else Resolved()
    if _has_default_file():
        records = [_read(Workspace(root, target, each)) for each in known]
        fitting = [each for each in records if each.files[:1] == (DEFAULT_FILE,)]
        return fitting[0] if len(fitting) == 1 else Resolved()
    return _read(Workspace(root, target, known[0])) if len(known) == 1 else Resolved()


def _has_default_file() -> bool:
    """Whether anything has that name; a folder or a dangling link is reported when it is read."""
    return os.path.lexists(DEFAULT_FILE)


def _profiles_here() -> Path | None:
    """Return the profiles file of the folder, which needs no ``jhub.yaml`` beside it."""
    return DEFAULT_PROFILES if os.path.lexists(DEFAULT_PROFILES) else None


def _read(workspace: Workspace) -> Resolved:
    recorded = recorded_sources(workspace)
    if recorded is None:  # there are states, and no record says from what they were made
        return Resolved(deployment=workspace.name, is_unknown=True)
    try:
        return dataclasses.replace(_from_record(recorded), deployment=workspace.name)
    except TypeError:
        raise StateError(
            f"the record of {workspace.name} does not say from which files it was deployed",
            hint="name the configuration with -f",
        ) from None


def _from_record(recorded: dict[str, object]) -> Resolved:
    files, profiles, name, flags = (
        recorded.get(key) for key in ("files", "profiles", "name", "flags")
    )
    if not isinstance(files, list) or not isinstance(flags, dict):
        raise TypeError
    return Resolved(
        files=tuple(Path(str(path)) for path in files),
        profiles=Path(str(profiles)) if profiles else None,
        name=str(name) if name else None,
        flags={str(flag): str(value) for flag, value in flags.items() if flag in FLAGS},
    )


def without_settings(resolved: Resolved) -> str:
    """Return a line for a command that shows what comes of the defaults; empty: of files."""
    if resolved.files or resolved.note:
        return resolved.note
    what = "all settings are" if resolved.profiles else "profiles and settings are"
    return f"there is no {DEFAULT_FILE} here: {what} the defaults"


def _note(given: Sources, used: Resolved, recorded_flags: dict[str, str]) -> str:
    parts = [str(path) for path in used.files if used.files != (DEFAULT_FILE,)]
    if given.name is None and used.name:
        parts.append(f"--name {used.name}")
    parts += [f"--{flag} {value}" for flag, value in recorded_flags.items()]
    return f"using {', '.join(parts)}, as the last deploy did" if parts else ""


def _portable(path: Path) -> str:
    if is_stream(path):
        return PAST_PIPE
    absolute = path.absolute()
    try:
        return str(absolute.relative_to(Path.cwd()))
    except ValueError:
        return str(absolute)
