"""Only what has an end is read: files, and pipes that the shell handed over."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.config.builder import ReadError
from jupyterhub_eks.config.opening import MAX_BYTES, read_bytes

if TYPE_CHECKING:
    from jupyterhub_eks.problems import Problem

VALIDATE = (
    "from jupyterhub_eks.cli.app import run; import sys; sys.exit(run(['validate', *sys.argv[1:]]))"
)


def refused(path: Path) -> Problem:
    """Return the one problem with which ``path`` is refused."""
    with pytest.raises(ReadError) as caught:
        read_bytes(path)
    (problem,) = caught.value.problems
    return problem


def validate(
    folder: Path, *arguments: str, given: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run ``jhub validate`` in ``folder``, ``given`` on a pipe or nothing as its input."""
    command = [sys.executable, "-c", VALIDATE, *arguments]
    if given is None:
        return subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    return subprocess.run(command, cwd=folder, input=given, capture_output=True, check=False)


def test_a_named_pipe_without_writer_is_refused_at_once(tmp_path: Path) -> None:
    """Opening it would wait for ever."""
    path = tmp_path / "pipe.yaml"
    os.mkfifo(path)

    assert refused(path).message == "this is a named pipe, not a file"


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_device_is_refused(device: str) -> None:
    """Some never end, and none is a configuration."""
    assert refused(Path(device)).message == "this is a device, not a file"


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its kind, not by the error of opening it."""
    monkeypatch.chdir(tmp_path)  # the name of a socket is short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s")

        assert refused(Path("s")).message == "this is a socket, not a file"


def test_a_dangling_link_says_where_it_leads(tmp_path: Path) -> None:
    """The link is there, so "no such file" would puzzle."""
    path = tmp_path / "jhub.yaml"
    path.symlink_to("gone.yaml")

    assert "leads to gone.yaml" in refused(path).message


def test_a_link_to_a_file_is_read(tmp_path: Path) -> None:
    """What counts is where it leads."""
    (tmp_path / "real.yaml").write_bytes(b"name: lab\n")
    (tmp_path / "jhub.yaml").symlink_to("real.yaml")

    assert read_bytes(tmp_path / "jhub.yaml") == b"name: lab\n"


@pytest.mark.parametrize("name", ["-", "/dev/stdin", "/dev/fd/0"])
def test_a_pipe_that_was_handed_over_is_read(name: str, tmp_path: Path) -> None:
    """``cat jhub.yaml | jhub validate -f -``, and ``-f <(command)``, which is a /dev/fd/N."""
    done = validate(tmp_path, "-f", name, given=b"name: from-the-pipe\n")

    assert done.returncode == 0
    assert b"from-the-pipe" in done.stdout


def test_a_pipe_without_end_is_cut(tmp_path: Path) -> None:
    """It is read up to the limit of a file, not for ever."""
    done = validate(tmp_path, "-f", "-", given=b"#" * (MAX_BYTES + 4096))

    assert done.returncode == 3
    assert b"larger than 2048 KiB" in done.stderr


def test_standard_input_that_carries_nothing_is_refused(tmp_path: Path) -> None:
    """A terminal would be waited for; /dev/null would quietly mean the defaults."""
    done = validate(tmp_path, "-f", "-")

    assert done.returncode == 3
    assert b"neither a file nor a pipe" in done.stderr


def test_a_pipe_is_not_read_twice(tmp_path: Path) -> None:
    """The second reading would find it empty, and quietly mean the defaults."""
    done = validate(tmp_path, "-f", "-", "--profiles", "-", given=b"name: lab\n")

    assert done.returncode == 3
    assert b"named twice" in done.stderr


@pytest.mark.parametrize("name", ["jhub.yaml", "profiles.yaml"])
def test_what_is_found_by_its_name_is_not_skipped(name: str, tmp_path: Path) -> None:
    """A folder or a dangling link of that name is reported, and not taken for nothing."""
    (tmp_path / "jhub.yaml").write_text("name: lab\n")
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).symlink_to("gone.yaml")
    done = validate(tmp_path)

    assert done.returncode == 3
    assert b"gone.yaml" in done.stderr
