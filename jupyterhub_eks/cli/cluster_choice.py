"""How the releases of a deployment on this machine were put into a cluster.

Terraform's state knows a release either as the helm provider's or as one that is carried;
a run that did it the other way would remove it and install it again. So the first deploy
chooses, and every later command keeps to that, until nothing is left.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.replacing import replace_file

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class ClusterChoice:
    """What was chosen.

    Attributes:
        carries: Whether releases are carried.
        context: Context of the user's kubeconfig; empty: the control plane of this machine.
    """

    carries: bool
    context: str = ""

    @classmethod
    def read(cls, workspace: Workspace) -> ClusterChoice | None:
        """Return the choice, or None if there is none that can be read."""
        try:
            known = json.loads(_path(workspace).read_text(encoding="utf-8"))
            return cls(carries=bool(known["carries"]), context=str(known["context"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, workspace: Workspace) -> None:
        """Keep the choice."""
        workspace.home.mkdir(parents=True, exist_ok=True)
        replace_file(_path(workspace), json.dumps(asdict(self)).encode())


def forget_choice(workspace: Workspace) -> None:
    """Let the next deploy choose."""
    _path(workspace).unlink(missing_ok=True)


def _path(workspace: Workspace) -> Path:
    return workspace.home / "kubernetes.json"
