"""What all tests share: nothing of how the test runner itself was started."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Hear SIGHUP even under ``nohup``: children inherit that it is ignored."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
