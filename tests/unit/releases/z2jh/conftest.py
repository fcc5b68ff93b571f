"""What the hub finds around it."""

from __future__ import annotations

import pytest

from tests.support.hub import ENVIRONMENT


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the hub the variables that come from its Secret."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
