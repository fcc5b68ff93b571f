"""``python -m jupyterhub_eks.local.emulator DIR``: detach and serve the embedded AWS.

The process forks at once and its parent prints the child's pid and leaves, so
that the server belongs to no terminal, no job and no waiting parent.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from jupyterhub_eks.local.processes import redirect_output


def main() -> None:
    """Fork, tell the pid, and serve in the child."""
    home = Path(sys.argv[1])
    child = os.fork()
    if child:
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        os._exit(0)
    os.setsid()
    redirect_output(home / "server.log")

    from jupyterhub_eks.local.emulator.server import serve  # noqa: PLC0415 - the parent needs none of it
    from jupyterhub_eks.local.record import LocalPaths  # noqa: PLC0415

    serve(LocalPaths(home))


if __name__ == "__main__":
    main()
