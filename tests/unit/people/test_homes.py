"""Homes that are put away: the folder that KubeSpawner uses, and the command on a real one."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from kubespawner.slugs import safe_slug

from jupyterhub_eks.people.homes import (
    ARCHIVE,
    ARCHIVE_SCRIPT,
    archive_environment,
    archive_job,
    home_folder,
    kept_as,
)

if TYPE_CHECKING:
    from pathlib import Path

STAMP = "20260131-101500"


@given(st.text(min_size=1, max_size=80))
@example("ann")
@example("ann\n")
@example("a" * 48)
@example("a" * 49)
@example("a--b")
@example("1ann")
@example("ann-")
@example("ann@example.org")
@example("1" * 60)
@example("ß.ärger@example.org")
def test_folder_is_the_one_of_kubespawner(name: str) -> None:
    """The home of any name is where KubeSpawner mounts it from."""
    assert home_folder(name) == safe_slug(name, max_length=48)


def archive(homes: Path, name: str, code: int = 0) -> str:
    """Run the job's command on a folder."""
    done = subprocess.run(
        ["/bin/sh", "-c", ARCHIVE_SCRIPT],
        env={**os.environ, **archive_environment(name, STAMP, str(homes))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", ["ann", "ann@example.org", "-rf", "$(reboot)", "a b"])
def test_home_is_moved_whole(tmp_path: Path, name: str) -> None:
    """Nothing of it is lost, nobody else's is touched, and the archive is closed to others."""
    for each in (name, "bob"):
        (tmp_path / home_folder(each) / "work").mkdir(parents=True)
        (tmp_path / home_folder(each) / "work" / "note").write_text(each)
    archive(tmp_path, name)
    assert not (tmp_path / home_folder(name)).exists()
    kept = tmp_path / ARCHIVE / kept_as(name, STAMP)
    assert (kept / "work" / "note").read_text() == name
    assert (tmp_path / "bob" / "work" / "note").read_text() == "bob"
    assert (tmp_path / ARCHIVE).stat().st_mode & 0o777 == 0o700


def test_no_home_is_fine(tmp_path: Path) -> None:
    """Who never had a server has none."""
    assert "there is no home ann" in archive(tmp_path, "ann")


def test_archived_home_is_not_written_over(tmp_path: Path) -> None:
    """A folder of the same name in the archive stays, and so does the home."""
    for folder in (tmp_path / "ann", tmp_path / ARCHIVE / kept_as("ann", STAMP)):
        folder.mkdir(parents=True)
        (folder / "note").write_text(str(folder))
    assert "is there already" in archive(tmp_path, "ann", code=1)
    assert (tmp_path / "ann" / "note").exists()


def test_job_runs_the_same_command() -> None:
    """What the cluster is given is what was run above, without rights that it does not need."""
    job = archive_job("a b", STAMP, image="i", namespace="n", claim="home", pull_secrets=[])
    pod = job["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["command"] == ["/bin/sh", "-c", ARCHIVE_SCRIPT]
    given_there = {each["name"]: each["value"] for each in container["env"]}
    assert given_there == archive_environment("a b", STAMP)
    assert pod["volumes"] == [{"name": "homes", "persistentVolumeClaim": {"claimName": "home"}}]
    assert container["securityContext"]["runAsNonRoot"]
    assert not pod["automountServiceAccountToken"]
