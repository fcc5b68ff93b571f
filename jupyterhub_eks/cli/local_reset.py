"""``jhub local reset``: an empty embedded account, and no records of what it held."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from jupyterhub_eks.cli.local_runs import at_rest
from jupyterhub_eks.cli.sources import deployments
from jupyterhub_eks.errors import RefusedError, UsageError
from jupyterhub_eks.local import supervisor
from jupyterhub_eks.local.cluster import control_plane

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.cli.console.screen import Screen


def reset_local(screen: Screen, root: Path, *, yes: bool) -> tuple[str, ...]:
    """Empty the embedded account and return the deployments that went with it.

    Their folders go too: states that name resources of an account that is gone would
    only mislead the next deploy.

    Raises:
        LockedError: A command works on one of them.
        RefusedError: The answer was no.
        UsageError: There is no terminal to ask on.
    """
    gone = deployments(root, "local")
    if gone and not yes:
        if not screen.terminal.interactive:
            raise UsageError(
                f"this forgets {', '.join(gone)}, and there is no terminal to ask on",
                hint="jhub local reset --yes",
            )
        answer = screen.ask(f"forget {', '.join(gone)} in the embedded AWS? [y/N]")
        if answer.strip().lower() not in {"y", "yes"}:
            raise RefusedError("nothing was reset", cause="the answer was no")
    with at_rest(root, "local reset"):
        control_plane.reset_all(root)
        supervisor.reset(root)
        shutil.rmtree(root / "local", ignore_errors=True)
    return gone
