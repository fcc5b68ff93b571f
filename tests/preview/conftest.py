"""The real ``jhub preview``, with a state of its own for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.previewing import Bench, benched, configure, install

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session", autouse=True)
def _installed() -> None:
    install()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Start previews of a hub with one password for all."""
    with benched(configure(tmp_path / "project")) as made:
        yield made
