"""What init made is made again when it is damaged, and left alone when it is not."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.tools import terraform_init

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOCK = """\
# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.

provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.100.0"
  constraints = ">= 5.100.0, < 7.0.0"
  hashes = [ # of this machine {only}
    "h1:edXOJWE4ORX8Fm+dpVpICzMZJat4AX0VRCAy/xkcOc0=",
  ]
}
"""


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    """Return a stack's folder as init leaves it."""
    folder = tmp_path / "stack"
    package = folder / ".terraform" / "providers" / "registry" / "hashicorp" / "aws" / "5" / "linux"
    package.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text("{}")
    (folder / ".terraform" / "terraform.tfstate").write_text('{"version": 3}')
    (folder / ".terraform.lock.hcl").write_text(LOCK)
    terraform_init.remember(folder, "1.11.4", {})
    return folder


def _replace(path: Path, text: str | bytes | None) -> None:
    """Put other content in place of whatever is at ``path``; None: a folder."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    if text is None:
        path.mkdir()
    else:
        path.write_bytes(text.encode() if isinstance(text, str) else text)


def test_what_is_sound_is_left_alone(stack: Path) -> None:
    """Nothing is removed, and no init is needed."""
    terraform_init.discard_damaged(stack, stack / "log")

    assert terraform_init.is_initialised(stack, "1.11.4", {})
    assert not (stack / "log").exists()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda f: _replace(f / ".terraform", ""), id="a file in its place"),
        pytest.param(
            lambda f: _replace(f / ".terraform" / "terraform.tfstate", '{"version": 3,'),
            id="truncated backend",
        ),
        pytest.param(
            lambda f: _replace(f / ".terraform" / "terraform.tfstate", None), id="backend a folder"
        ),
        pytest.param(lambda f: _replace(f / ".terraform" / "providers", ""), id="providers a file"),
        pytest.param(
            lambda f: _replace(f / ".terraform" / "jhub-init.json", None), id="stamp a folder"
        ),
    ],
)
def test_a_damaged_folder_is_removed(stack: Path, damage: Callable[[Path], None]) -> None:
    """Init makes it again; the lock file stays, and the log says what was done."""
    damage(stack)

    terraform_init.discard_damaged(stack, stack / "log")

    assert not (stack / ".terraform").exists()
    assert (stack / ".terraform.lock.hcl").exists()
    assert ".terraform is damaged" in (stack / "log").read_text()


@pytest.mark.parametrize("text", [LOCK[:150], LOCK[:-4], b"\xff\xfe\x00", "provider {}", None])
def test_a_damaged_lock_file_is_removed(stack: Path, text: str | bytes | None) -> None:
    """Truncated at whatever place, of other bytes, or a folder."""
    _replace(stack / ".terraform.lock.hcl", text)

    terraform_init.discard_damaged(stack, stack / "log")

    assert not (stack / ".terraform.lock.hcl").exists()
    assert (stack / ".terraform").exists()


@pytest.mark.parametrize("text", ["", "# nothing locked\n", LOCK + LOCK])
def test_lock_files_of_any_length_are_sound(stack: Path, text: str) -> None:
    """No provider, or several."""
    (stack / ".terraform.lock.hcl").write_text(text)

    terraform_init.discard_damaged(stack, stack / "log")

    assert (stack / ".terraform.lock.hcl").read_text() == text


def test_a_link_to_nowhere_is_removed(stack: Path) -> None:
    """It is seen although nothing is there."""
    _replace(stack / ".terraform", "")
    (stack / ".terraform").unlink()
    (stack / ".terraform").symlink_to(stack / "gone")

    terraform_init.discard_damaged(stack, stack / "log")

    assert not (stack / ".terraform").is_symlink()


def test_a_folder_without_anything_needs_init(tmp_path: Path) -> None:
    """Nothing is damaged where nothing is."""
    (tmp_path / "cdk.tf.json").write_text(json.dumps({}))

    terraform_init.discard_damaged(tmp_path, tmp_path / "log")

    assert not terraform_init.is_initialised(tmp_path, "1.11.4", {})
