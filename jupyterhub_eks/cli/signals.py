"""SIGINT and SIGTERM outside of a run: end at once, as ``KeyboardInterrupt``.

Python drops an exception that is raised inside a weak-reference callback or a
``__del__``, which happens while modules are imported. So a request is also remembered,
and :func:`check` raises it again before anything is changed.
"""

from __future__ import annotations

import signal
from typing import Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_requests: Final[list[int]] = []


def install() -> None:
    """Turn both signals into ``KeyboardInterrupt``."""
    for number in SIGNALS:
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
