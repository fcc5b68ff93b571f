"""A work folder with an embedded AWS of its own, and the real ``jhub`` to drive it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.command import Jhub, ensure_terraform, make_jhub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session", autouse=True)
def terraform() -> Path:
    """Terraform, found or brought."""
    return ensure_terraform()


@pytest.fixture(scope="module")
def jhub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jhub]:
    """Give a module its own folder with the quickstart, and stop its embedded AWS."""
    command = make_jhub(tmp_path_factory.mktemp("jhub"))
    yield command
    command.run("local", "stop")
