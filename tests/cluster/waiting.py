"""Wait for something to become true."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def wait_for(
    condition: Callable[[], object], what: str | Callable[[], str], seconds: float = 60.0
) -> None:
    """Return as soon as ``condition`` holds; fail after ``seconds``.

    Args:
        condition: Looked at again and again.
        what: Names it; a function is asked at the end, for what is the case then.
        seconds: How long to wait.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            raise AssertionError(
                f"not within {seconds:g} s: {what if isinstance(what, str) else what()}"
            )
        time.sleep(0.05)
