"""Where a deployment keeps its files on this machine.

::

    .jhub/                          work folder (``--work-dir``, ``JHUB_WORK_DIR``)
      local-aws/                    the embedded AWS: process record, log, its state
      preview/<port>/               a preview of the hub: homes, database, logs, its processes
      <target>/<name>/              one deployment on ``aws`` or ``local``
        record.json                 what has been done, written after every step
        lock                        held while a command changes the deployment
        terraform/                  synthesized: manifest.json, stacks/<stack>/cdk.tf.json
          carried/<stack>/          the same without the helm provider, where that is missing
          state/<stack>.tfstate     Terraform's state (backend ``local``)
        applied/<stack>.tf.json     what was applied last, for stacks no longer configured
        rendered/<release>/           values and manifests of `jhub render`
        plans/<stack>.tfplan        the saved plans that are applied
        logs/<time>-<command>/      one log file per stack
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jupyterhub_eks.errors import PreflightError

if TYPE_CHECKING:
    from collections.abc import Mapping

TargetKind = Literal["aws", "local"]


def default_work_dir() -> Path:
    """Return ``JHUB_WORK_DIR``, or ``.jhub`` in the current folder."""
    return Path(os.environ.get("JHUB_WORK_DIR") or ".jhub").absolute()


def make_private(root: Path) -> None:
    """Make the work folder, readable by its owner only: Terraform's states hold secrets.

    Raises:
        OSError: It cannot be made, or belongs to somebody else.
    """
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    root.chmod(0o700)


def cache_dir() -> Path:
    """Return the folder for things that can be made again at any time.

    ``JHUB_CACHE_DIR``, else ``jhub`` under ``XDG_CACHE_HOME`` or ``~/.cache``.
    """
    if explicit := os.environ.get("JHUB_CACHE_DIR"):
        return Path(explicit).absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "jhub"


def require_temporary_folder(environ: Mapping[str, str]) -> None:
    """Check the folder for temporary files that Node, Terraform and its plug-ins are told.

    Python passes over a ``TMPDIR`` that cannot be used; they do not.

    Raises:
        PreflightError: ``TMPDIR`` names no folder that can be written.
    """
    folder = environ.get("TMPDIR")
    if not folder:
        return
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise PreflightError(
            f"TMPDIR={folder} cannot be used for temporary files",
            cause=error.strerror or str(error),
            hint="make that folder and let it be written, name another one, or unset TMPDIR",
        ) from error


@dataclass(frozen=True)
class Workspace:
    """Paths of one deployment; nothing is created by reading one."""

    root: Path
    target: TargetKind
    name: str

    @property
    def home(self) -> Path:
        """Folder of this deployment."""
        return self.root / self.target / self.name

    @property
    def record(self) -> Path:
        """Record file."""
        return self.home / "record.json"

    @property
    def lock(self) -> Path:
        """Lock file."""
        return self.home / "lock"

    @property
    def terraform(self) -> Path:
        """Synthesized output: ``manifest.json``, ``stacks/`` and ``state/``."""
        return self.home / "terraform"

    def typed(self, command: str) -> str:
        """Return a command as it is typed for this target, e.g. ``jhub plan --local``."""
        return f"jhub {command}{' --local' if self.target == 'local' else ''}"

    def stack_dir(self, stack: str) -> Path:
        """Folder in which Terraform runs for ``stack``."""
        return self.terraform / "stacks" / stack

    def carried_dir(self, stack: str) -> Path:
        """Folder in which Terraform runs for ``stack`` where its Helm releases are carried."""
        return self.terraform / "carried" / stack

    def state_file(self, stack: str) -> Path:
        """State file of ``stack`` with the ``local`` backend."""
        return self.terraform / "state" / f"{stack}.tfstate"

    def applied_file(self, stack: str) -> Path:
        """Copy of the ``cdk.tf.json`` that was applied last for ``stack``."""
        return self.home / "applied" / f"{stack}.tf.json"

    @property
    def charts(self) -> Path:
        """Folder in which the charts of this deployment are kept once they were found."""
        return self.home / "charts"

    @property
    def rendered(self) -> Path:
        """Folder of values and manifests to look at."""
        return self.home / "rendered"

    @property
    def plans(self) -> Path:
        """Folder of saved plans."""
        return self.home / "plans"

    @property
    def logs(self) -> Path:
        """Folder of log folders, one per command run."""
        return self.home / "logs"
