"""Requests to stop outside of a run: end at once, as ``KeyboardInterrupt``.

They are Ctrl-C, SIGTERM, and SIGHUP, which a terminal that is closed sends. Under
``nohup`` SIGHUP is ignored from the start, and stays so.

Python drops an exception that is raised inside a weak-reference callback or a
``__del__``, which happens while modules are imported. So a request is also remembered,
and :func:`check` raises it again before anything is changed.
"""

from __future__ import annotations

import signal
from typing import Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_requests: Final[list[int]] = []


def heeded() -> tuple[signal.Signals, ...]:
    """Return the signals that whoever started this process did not ask it to ignore."""
    hangs_up = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
    return SIGNALS if hangs_up else SIGNALS[:2]


def install() -> None:
    """Turn the signals into ``KeyboardInterrupt``."""
    for number in heeded():
        signal.signal(number, _interrupt)


def ignore() -> None:
    """Let nothing disturb the last lines of a command that is ending anyway."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def check() -> None:
    """Raise ``KeyboardInterrupt`` if there was a request that got lost."""
    if _requests:
        raise KeyboardInterrupt


def _interrupt(number: int, _frame: object) -> None:
    _requests.append(number)
    raise KeyboardInterrupt
