"""Users' files go only where that was said clearly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.cli.data_choice import choose_data
from jupyterhub_eks.cli.project import Project
from jupyterhub_eks.cli.sources import Resolved
from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.errors import RefusedError, UsageError
from jupyterhub_eks.workspace import Workspace

if TYPE_CHECKING:
    from jupyterhub_eks.workspace import TargetKind


def _project(target: TargetKind, *, keep: bool | None = True) -> Project:
    loaded = (
        None
        if keep is None
        else load(ConfigSources(overrides={"name": "lab", "storage.keep_on_destroy": keep}))
    )
    return Project(
        workspace=Workspace(Path("work"), target, "lab"), resolved=Resolved(), loaded=loaded
    )


def test_on_aws_the_configuration_decides() -> None:
    """``storage.keep_on_destroy`` holds when nothing else is said."""
    assert choose_data(_project("aws", keep=True), keep=False, delete=None).keep is True
    assert choose_data(_project("aws", keep=False), keep=False, delete=None).keep is False


def test_on_aws_a_lost_configuration_keeps_the_data() -> None:
    """When in doubt files stay."""
    assert choose_data(_project("aws", keep=None), keep=False, delete=None).keep is True


def test_on_the_embedded_aws_data_goes_unless_kept() -> None:
    """Nobody's files are there; ``--keep-data`` still keeps them."""
    assert choose_data(_project("local"), keep=False, delete=None).keep is False
    assert choose_data(_project("local"), keep=True, delete=None).keep is True


def test_delete_data_wants_the_right_name() -> None:
    """Another name is refused and nothing happens."""
    assert choose_data(_project("aws"), keep=False, delete="lab").keep is False
    with pytest.raises(RefusedError, match="lab"):
        choose_data(_project("aws"), keep=False, delete="lab-two")


def test_keep_and_delete_exclude_each_other() -> None:
    """A contradiction is not resolved by guessing."""
    with pytest.raises(UsageError):
        choose_data(_project("aws"), keep=True, delete="lab")
