"""The identity of the emulator's state follows the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.local.emulator.state import instance_id

if TYPE_CHECKING:
    from pathlib import Path


def test_identity_stays_with_the_state(tmp_path: Path) -> None:
    """The same folder has the same id, another folder another one."""
    first = instance_id(tmp_path / "a")

    assert instance_id(tmp_path / "a") == first
    assert instance_id(tmp_path / "b") != first


def test_damaged_state_is_set_aside(tmp_path: Path) -> None:
    """A truncated file makes the account a new one; nothing is deleted."""
    state = tmp_path / "state"
    first = instance_id(state)
    (state / "ec2.json").write_text('{"vpcs": ')
    (state / "iam.json").write_text("{}")

    assert instance_id(state) != first
    assert not list(state.glob("*.json"))
    assert len(list(tmp_path.glob("state-damaged-*/*.json"))) == 2


def test_state_without_identity_is_not_taken_over(tmp_path: Path) -> None:
    """Services without an id cannot be told from another account's: they are dropped."""
    (tmp_path / "ec2.json").write_text("{}")

    assert instance_id(tmp_path)
    assert not list(tmp_path.glob("*.json"))
