"""Requests to stop are counted and handed on at once."""

from __future__ import annotations

import pytest

from jupyterhub_eks.errors import InterruptedRunError
from jupyterhub_eks.orchestration.interrupt import Interrupt


def test_every_request_is_handed_on_inside_the_block() -> None:
    """A second Ctrl-C reaches Terraform too; after the block nobody is told."""
    interrupt, calls = Interrupt(), []
    with interrupt.notifying(lambda: calls.append(interrupt.requests)):
        interrupt.set()
        interrupt.set()
    interrupt.set()
    assert calls == [1, 2]


def test_check_raises_once_set() -> None:
    """Nothing new is begun after a request."""
    interrupt = Interrupt()
    interrupt.check()
    interrupt.set()
    with pytest.raises(InterruptedRunError, match="interrupted"):
        interrupt.check()
