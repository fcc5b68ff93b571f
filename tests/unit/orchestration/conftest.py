"""A workspace with fakes for every test of the use cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.fakes import Bench

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Return a bench of its own for each test."""
    return Bench(tmp_path)
