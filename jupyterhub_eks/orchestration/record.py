"""The record of a deployment: what has been done, written after every step.

Terraform's state says what exists. The record says what was meant: from which files,
on which account, how far each stack got, and which data was kept on purpose.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from jupyterhub_eks.errors import StateError

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.workspace import Workspace

SCHEMA_VERSION: Final = 1

RecordedState = Literal["absent", "started", "applied", "failed", "destroying"]


def now() -> str:
    """Return the time as ISO 8601, in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, kw_only=True)
class StackRecord:
    """How far a stack got.

    Attributes:
        state: ``started`` and ``destroying`` mean that the run ended in the middle.
        updated: ISO 8601 time of the last change.
        resources: Resources in the state then.
        digest: Hash of the Terraform files that were applied.
        depends_on: Stacks that must be destroyed after this one.
        detail: Message of the last failure.
    """

    state: RecordedState
    updated: str = ""
    resources: int = 0
    digest: str = ""
    depends_on: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class KeptResource:
    """Data that a destroy left in place on purpose, and how to adopt it again.

    Attributes:
        arguments: Arguments without which Terraform cannot refer to the resource.
    """

    service: str
    kind: str
    identifier: str
    stack: str
    address: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RunningCommand:
    """The command that is changing the deployment, or was when it was stopped."""

    name: str
    pid: int
    since: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """Contents of ``record.json``."""

    deployment: str
    target: str
    instance_id: str = ""
    account: str = ""
    region: str = ""
    sources: dict[str, object] = field(default_factory=dict)
    stacks: dict[str, StackRecord] = field(default_factory=dict)
    kept: tuple[KeptResource, ...] = ()
    tools: dict[str, str] = field(default_factory=dict)
    command: RunningCommand | None = None

    @property
    def deployed(self) -> dict[str, StackRecord]:
        """The stacks that have, or may have, resources."""
        return {name: each for name, each in self.stacks.items() if each.state != "absent"}

    def with_stack(self, name: str, stack: StackRecord) -> Record:
        """Return the record with a stack's part replaced and its time set."""
        return replace(self, stacks={**self.stacks, name: replace(stack, updated=now())})

    def without_stack(self, name: str) -> Record:
        """Return the record without a stack."""
        return replace(
            self, stacks={key: stack for key, stack in self.stacks.items() if key != name}
        )


class DamagedRecordError(StateError):
    """The file is not a record: truncated, or edited by hand."""


def to_json(record: Record) -> str:
    """Return the text of ``record.json``."""
    return json.dumps({"schema_version": SCHEMA_VERSION, **asdict(record)}, indent=2) + "\n"


def from_json(text: str, where: Path) -> Record:
    """Return the record in ``text``.

    Raises:
        DamagedRecordError: It is not a record.
        StateError: A newer release wrote it.
    """
    try:
        document = json.loads(text)
        if not isinstance(document, dict):
            raise TypeError(f"it holds {text.strip()[:20]!r}, not an object")  # noqa: TRY301
        version = document.pop("schema_version")
        if version > SCHEMA_VERSION:
            raise StateError(
                f"{where} was written by a newer jhub",
                cause=f"it has schema version {version}; this release knows {SCHEMA_VERSION}",
                hint="upgrade jhub to the release that wrote it, or newer",
            )
        stacks = {
            name: StackRecord(**{**stack, "depends_on": tuple(stack["depends_on"])})
            for name, stack in document.pop("stacks").items()
        }
        kept = tuple(KeptResource(**each) for each in document.pop("kept"))
        command = document.pop("command")
        return Record(
            **document,
            stacks=stacks,
            kept=kept,
            command=RunningCommand(**command) if command else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedRecordError(
            f"the record {where} is damaged",
            cause=f"it has no {error}" if isinstance(error, KeyError) else str(error),
            hint=f"name the configuration with -f and run `{_plan(where)}`: the record is made "
            "again from Terraform's state, and the damaged file is kept",
        ) from error


def _plan(record: Path) -> str:
    return f"jhub plan{' --local' if record.parent.parent.name == 'local' else ''}"


def read_record(path: Path) -> Record | None:
    """Return the record in a file; None if there is no file.

    Raises:
        DamagedRecordError: It is not a record.
        StateError: It cannot be read, a newer release wrote it, or it is that of another
            deployment, whose folder was copied or renamed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        text = "(not UTF-8)"
    except IsADirectoryError as error:
        raise StateError(
            f"the record {path} is a folder",
            cause="it is a file that jhub writes",
            hint=f"mv {path} {path}.old\nand run `{_plan(path)}`: the record is made again from "
            "Terraform's states",
        ) from error
    except OSError as error:
        raise StateError(
            f"cannot read the record {path}", cause=str(error), hint="correct its permissions"
        ) from error
    record = from_json(text, path)
    home = path.parent
    if (record.target, record.deployment) != (home.parent.name, home.name):
        raise StateError(
            f"the record {path} is that of another deployment",
            cause=f"it belongs to {record.deployment!r} on target {record.target!r}; "
            "its folder was copied or renamed",
            hint=f"mv {home} {home.parent.parent / record.target / record.deployment}\n"
            "if that folder is not there any more; else this one is a copy: remove it",
        )
    return record


def previous(path: Path) -> Path:
    """Return where the record before the last write is kept."""
    return path.with_name(f"{path.name}.previous")


def recorded_sources(workspace: Workspace) -> dict[str, object] | None:
    """Return the configuration files and flags of the last deploy; None: none are known.

    From the predecessor of a damaged or removed record if need be: sources seldom change.

    Raises:
        StateError: The record cannot be read.
    """
    try:
        record = read_record(workspace.record)
    except DamagedRecordError as damaged:
        try:
            record = read_record(previous(workspace.record))
        except DamagedRecordError:
            raise damaged from None
        if record is None:
            raise
    if record is None:
        record = read_record(previous(workspace.record))
    return record.sources if record else None
