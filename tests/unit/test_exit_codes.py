"""Exit codes are API: each class of failure has its own, and the page lists them all."""

from __future__ import annotations

import pytest

from jupyterhub_eks.cli.reference import exit_codes, pages
from jupyterhub_eks.errors import EXIT_CHANGES, EXIT_OUTDATED, DeployerError


def test_every_class_of_failure_has_its_own_code() -> None:
    """A script can tell failures apart by the code alone."""
    codes = [error.exit_code for error in DeployerError.__subclasses__()]

    assert len(codes) == len(set(codes))
    assert not {EXIT_CHANGES, EXIT_OUTDATED} & set(codes)


def test_subclasses_share_the_code_of_their_class() -> None:
    """A more precise error is still of its class."""
    for error in DeployerError.__subclasses__():
        assert {each.exit_code for each in error.__subclasses__()} <= {error.exit_code}


def test_the_codes_are_those_promised() -> None:
    """Changing one breaks somebody's script."""
    assert set(exit_codes()) == {*range(20), 130}


@pytest.mark.parametrize("name", ["commands.md", "exit-codes.md"])
def test_the_generated_pages_are_fresh(name: str) -> None:
    """After a change: python -m jupyterhub_eks.cli.reference --write."""
    path, text = next((path, text) for path, text in pages().items() if path.name == name)

    assert path.read_text(encoding="utf-8") == text
