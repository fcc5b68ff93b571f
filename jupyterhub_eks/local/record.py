"""Files of the embedded AWS under ``<work dir>/local-aws`` and its process record."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.replacing import replace_file

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class LocalPaths:
    """Where the embedded AWS keeps its files; ``home`` is ``<work dir>/local-aws``."""

    home: Path

    @property
    def record(self) -> Path:
        """Record of the running process."""
        return self.home / "server.json"

    @property
    def lock(self) -> Path:
        """Held while the process is started or stopped."""
        return self.home / "lock"

    @property
    def serving(self) -> Path:
        """Names the serving process, which holds it locked as long as it lives."""
        return self.home / "serving"

    @property
    def log(self) -> Path:
        """Output of the process."""
        return self.home / "server.log"

    @property
    def port(self) -> Path:
        """Port of the last run, taken again if it is free."""
        return self.home / "port"

    @property
    def state(self) -> Path:
        """State of the emulated account, with its instance id."""
        return self.home / "state"

    @property
    def regions(self) -> Path:
        """Regions that were written to, one per line."""
        return self.state / "regions"


@dataclass(frozen=True, kw_only=True)
class ServerRecord:
    """A process that was started.

    Attributes:
        process_started: What the system says about the start of ``pid``; tells
            the process from a later one that got the same pid.
        launched: Unix time of the start, in seconds.
    """

    pid: int
    process_started: str
    port: int
    instance_id: str
    launched: float

    def write(self, path: Path) -> None:
        """Write the record atomically."""
        replace_file(path, json.dumps(asdict(self)).encode())

    @classmethod
    def read(cls, path: Path) -> ServerRecord | None:
        """Return the record, or None if there is none that can be read."""
        try:
            document = json.loads(path.read_text())
            return cls(
                pid=int(document["pid"]),
                process_started=str(document["process_started"]),
                port=int(document["port"]),
                instance_id=str(document["instance_id"]),
                launched=float(document["launched"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None
