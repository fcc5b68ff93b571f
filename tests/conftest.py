"""What all tests share: nothing of how the test runner itself was started."""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

# No test is about time: on a machine that does other work besides, any would fail now and then.
settings.register_profile("jhub", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("jhub")


def pytest_configure() -> None:
    """Hear SIGHUP even under ``nohup``: children inherit that it is ignored."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
