"""Requests to stop are counted, and handed on when they cannot wait."""

from __future__ import annotations

import pytest

from jupyterhub_eks.errors import InterruptedRunError
from jupyterhub_eks.orchestration.interrupt import Interrupt


def test_the_second_request_is_handed_on_inside_the_block() -> None:
    """The first lets Terraform finish, the second reaches it; after the block nobody is told."""
    interrupt, calls = Interrupt(), []
    with interrupt.notifying(lambda: calls.append(interrupt.requests)):
        interrupt.set()
        interrupt.set()
    interrupt.set()
    assert calls == [2]


def test_an_urgent_request_is_handed_on_at_once() -> None:
    """There is no time to let anything finish."""
    interrupt, calls = Interrupt(), []
    with interrupt.notifying(lambda: calls.append(interrupt.requests)):
        interrupt.set(urgent=True)
    assert calls == [1]


def test_check_raises_once_set() -> None:
    """Nothing new is begun after a request."""
    interrupt = Interrupt()
    interrupt.check()
    interrupt.set()
    with pytest.raises(InterruptedRunError, match="interrupted"):
        interrupt.check()
