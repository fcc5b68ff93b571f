"""Standard output and standard error that never fail in the middle of a run.

Two things can happen to them. A reader that goes away (``jhub output | head -1``) has
what it wanted: the rest is dropped, and the command ends with the code of its work. A
device that takes nothing more (a full disk) lost what somebody wants: that is told once,
at the end. Neither may end a deploy while Terraform works.
"""

from __future__ import annotations

import io
import os
import select
import sys
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import EXIT_CHANGES, EXIT_OK, OutputError

if TYPE_CHECKING:
    from typing import TextIO

    from _typeshed import ReadableBuffer

# What a command ends with when it did its work.
_WORK_DONE: Final = frozenset({EXIT_OK, EXIT_CHANGES})


class SteadyFile(io.RawIOBase):
    """A file that takes whatever is written to it, and keeps the first error.

    Args:
        stream: The stream to whose descriptor it writes; closing this leaves that open.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._descriptor = stream.fileno()
        self.error: OSError | None = None

    def write(self, data: ReadableBuffer, /) -> int:
        """Write ``data``, or after an error drop it; return how much was taken."""
        while self.error is None:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:  # another program made the terminal or pipe non-blocking
                select.select([], [self._descriptor], [])
            except OSError as error:
                self.error = error
        return memoryview(data).nbytes

    def writable(self) -> bool:
        """Return that this can be written."""
        return True

    def fileno(self) -> int:
        """Return the descriptor of the stream."""
        return self._descriptor

    def isatty(self) -> bool:
        """Return whether the stream is a terminal."""
        return os.isatty(self._descriptor)


def install() -> None:
    """Put steady streams in the place of this process's own."""
    sys.stdout = steady(sys.stdout, line_buffering=sys.stdout.isatty())
    sys.stderr = steady(sys.stderr, line_buffering=True)


def steady(stream: TextIO, *, line_buffering: bool) -> io.TextIOWrapper:
    r"""Return a stream to the same place, in the same encoding, that never fails.

    Characters that its encoding does not have are written as escapes, e.g. ``\xfc``.
    """
    return io.TextIOWrapper(
        io.BufferedWriter(SteadyFile(stream)),
        encoding=stream.encoding,
        errors="backslashreplace" if stream.errors == "strict" else stream.errors,
        line_buffering=line_buffering,
    )


def lost(stream: TextIO) -> OSError | None:
    """Return why what somebody waits for could not be written to a steady stream."""
    stream.flush()
    file = getattr(getattr(stream, "buffer", None), "raw", None)
    error = file.error if isinstance(file, SteadyFile) else None
    return None if isinstance(error, BrokenPipeError) else error


def settle(code: int) -> int:
    """Write out what is buffered, tell if it got lost, and return the exit code.

    Args:
        code: How the command ended; a failure of its own stays the one that counts.
    """
    error = lost(sys.stdout)
    if error is None:
        return code
    from jupyterhub_eks.cli.console.screen import Screen  # noqa: PLC0415 - only for this

    done = code in _WORK_DONE
    failure = OutputError(
        f"{'the work was done, but ' if done else ''}the output could not be written",
        cause=f"standard output: {error.strerror or error}",
        hint="make room, or write it elsewhere",
    )
    Screen().error(failure)
    return failure.exit_code if done else code
