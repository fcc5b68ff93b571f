"""``python -m jupyterhub_eks.local.emulator DIR``: detach and serve the embedded AWS.

The process forks at once and its parent prints the child's pid and leaves, so
that the server belongs to no terminal, no job and no waiting parent.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Fork, tell the pid, and serve in the child."""
    home = Path(sys.argv[1])
    child = os.fork()
    if child:
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        os._exit(0)
    os.setsid()
    _redirect(home / "server.log")

    from jupyterhub_eks.local.emulator.server import serve  # noqa: PLC0415 - the parent needs none of it
    from jupyterhub_eks.local.record import LocalPaths  # noqa: PLC0415

    serve(LocalPaths(home))


def _redirect(log: Path) -> None:
    """Let go of the caller's terminal and pipes."""
    source = os.open(os.devnull, os.O_RDONLY)
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(source, 0)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(source)
    os.close(target)


if __name__ == "__main__":
    main()
