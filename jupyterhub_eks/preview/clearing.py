"""Remove what a preview has in clusters; and do it too when its command is killed."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import PreviewError
from jupyterhub_eks.local.locking import exclusive
from jupyterhub_eks.preview.ending import CLEARING, end_left
from jupyterhub_eks.preview.files import PreviewFiles
from jupyterhub_eks.preview.kube_context import clear_context
from jupyterhub_eks.preview.local_plane import clear_plane

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOURCES: Final = Path(__file__).resolve().parents[2]
_GOOD_END: Final = b"ended"
_END_SECONDS: Final = 5.0
# A process that is killed may let go of its lock after its pipe.
_LET_GO_SECONDS: Final = 5.0


def clear_clusters(files: PreviewFiles) -> tuple[str, ...]:
    """Remove whatever a preview has in clusters; return what it was.

    Raises:
        LeftoverError: A namespace cannot be removed.
        LocalClusterError: The Kubernetes of this machine does not end.
    """
    plane = ["its Kubernetes"] if clear_plane(files) else []
    namespace = clear_context(files)
    return (*plane, *([f"namespace {namespace}"] if namespace else []))


@contextmanager
def watched(files: PreviewFiles) -> Iterator[None]:
    """Have a process that clears up should this one be killed meanwhile.

    It hears of that by a pipe, which the system closes however this process ends.
    """
    with files.log("clearing").open("ab") as log:
        watcher = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub_eks.preview.clearing", str(files.home)],
            cwd=files.home,
            env={**os.environ, "PYTHONPATH": str(_SOURCES)},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield
    finally:
        # Should it be gone already, nothing is to be told.
        with contextlib.suppress(BrokenPipeError, subprocess.TimeoutExpired):
            watcher.communicate(_GOOD_END, timeout=_END_SECONDS)


def main() -> None:
    """Wait for the end of the command; if it was no good one, clear up after it."""
    files = PreviewFiles(Path(sys.argv[1]))
    if sys.stdin.buffer.read() == _GOOD_END:
        return
    marker = files.home / CLEARING
    with contextlib.ExitStack() as stack:
        marker.touch()
        stack.callback(marker.unlink, missing_ok=True)
        try:
            stack.enter_context(
                exclusive(
                    files.lock,
                    wait_seconds=_LET_GO_SECONDS,
                    what="starting a preview",
                    failure=PreviewError,
                )
            )
        except PreviewError:
            return  # another command has come first, and clears up itself
        end_left(files)
        clear_clusters(files)


if __name__ == "__main__":
    main()
