"""Work beside a test: a thread that is told to end, and waited for, when a block is left."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def beside(work: Callable[[threading.Event], None], *, seconds: float) -> Iterator[None]:
    """Let a function work on a thread of its own until the context is left.

    Args:
        work: Ends soon after its event is set.
        seconds: For which it is waited for then.
    """
    ends = threading.Event()
    thread = threading.Thread(target=work, args=(ends,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join(seconds)
