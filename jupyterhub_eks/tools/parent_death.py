"""A child process that ends when whoever started it is killed, where the system can do that."""

from __future__ import annotations

import ctypes
import signal
import sys
from typing import Final

# <linux/prctl.h>
_PR_SET_PDEATHSIG: Final = 1


def end_with_parent() -> None:
    """Ask Linux to send SIGTERM to this process when its parent ends; elsewhere do nothing.

    For ``preexec_fn`` of a program without threads.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
