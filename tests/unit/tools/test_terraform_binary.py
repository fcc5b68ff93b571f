"""Terraform is found where people keep it, checked, or brought and checked."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.tools.terraform_binary import (
    SHA256,
    bring_terraform,
    brought_path,
    download,
    find_terraform,
    platform_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JHUB_CACHE_DIR", str(tmp_path / "cache"))


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    path.chmod(0o755)
    return path


def says(**versions: str) -> Callable[[Path], str]:
    """Return a version reader that knows programs by the name of their folder."""
    return lambda path: versions[path.parent.name]


def test_named_program_is_used(tmp_path: Path) -> None:
    """``JHUB_TERRAFORM`` wins over the one on PATH."""
    named = program(tmp_path / "named" / "tf")
    program(tmp_path / "path" / "terraform")
    env = {"JHUB_TERRAFORM": str(named), "PATH": str(tmp_path / "path")}

    assert find_terraform(env, version_of=says(named="1.10.0")) == named


def test_named_program_that_is_too_old(tmp_path: Path) -> None:
    """What the user named is never passed over for another one."""
    named = program(tmp_path / "named" / "tf")
    program(tmp_path / "path" / "terraform")
    env = {"JHUB_TERRAFORM": str(named), "PATH": str(tmp_path / "path")}

    with pytest.raises(ToolError, match=r"1\.9\.8 is too old"):
        find_terraform(env, version_of=says(named="1.9.8", path="1.11.4"))


def test_old_program_gives_way_to_the_brought_one(tmp_path: Path) -> None:
    """A Terraform on PATH that is too old is passed over if one was brought."""
    program(tmp_path / "path" / "terraform")
    brought = program(brought_path())
    env = {"PATH": str(tmp_path / "path")}

    assert find_terraform(env, version_of=says(path="1.5.7", bin="1.11.4")) == brought


@pytest.mark.parametrize("version", ["1.10.0", "1.12.0-beta1", "2.0.0"])
def test_versions_that_are_new_enough(tmp_path: Path, version: str) -> None:
    """The minimum itself, a pre-release and the next major are accepted."""
    found = program(tmp_path / "path" / "terraform")

    env = {"PATH": str(tmp_path / "path")}
    assert find_terraform(env, version_of=says(path=version)) == found


def test_none_names_three_ways_out(tmp_path: Path) -> None:
    """Without any Terraform the error says what can be done."""
    with pytest.raises(ToolError, match="not installed") as caught:
        find_terraform({"PATH": str(tmp_path)})

    assert all(way in caught.value.hint for way in ("install.sh", "PATH", "JHUB_TERRAFORM"))


def archive(name: str = "terraform") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr(name, "#!/bin/sh\n")
    return content.getvalue()


def sums(content: bytes) -> dict[str, str]:
    return {platform_name(): hashlib.sha256(content).hexdigest()}


def test_brought_program_is_in_place_and_runs(tmp_path: Path) -> None:
    """The archive's program is installed executable, and nothing else is left there."""
    content, asked = archive(), []
    target = tmp_path / "bin" / "terraform"

    def fetch(url: str) -> bytes:
        asked.append(url)
        return content

    env = {"JHUB_TERRAFORM_URL": "https://mirror.example.org/tf/"}
    bring_terraform(target, sums=sums(content), environ=env, fetch=fetch)

    assert asked == [f"https://mirror.example.org/tf/1.11.4/terraform_1.11.4_{platform_name()}.zip"]
    assert target.stat().st_mode & 0o777 == 0o755
    assert [path.name for path in target.parent.iterdir()] == ["terraform"]


def test_archive_with_another_sum_is_refused(tmp_path: Path) -> None:
    """What is not the published archive is not installed."""
    target = tmp_path / "terraform"

    with pytest.raises(ToolError, match="not the published one"):
        bring_terraform(target, sums=sums(b"other"), environ={}, fetch=lambda _: archive())

    assert not target.exists()


def test_archive_without_the_program_leaves_nothing(tmp_path: Path) -> None:
    """A failed installation leaves the former program and no draft."""
    target = program(tmp_path / "bin" / "terraform")
    content = archive("README")

    with pytest.raises(ToolError, match="cannot install"):
        bring_terraform(target, sums=sums(content), environ={}, fetch=lambda _: content)

    assert [path.name for path in target.parent.iterdir()] == ["terraform"]


def test_unknown_machine(tmp_path: Path) -> None:
    """Where HashiCorp has no archive, the error says what else can be done."""
    with pytest.raises(ToolError, match="no Terraform to bring"):
        bring_terraform(tmp_path / "t", sums={}, environ={}, fetch=lambda _: b"")


@pytest.mark.parametrize(
    "url", ["http://mirror.example.org/x", "file:///etc/passwd", "http://127.0.0.1.example.org/x"]
)
def test_unsafe_addresses_are_refused(url: str) -> None:
    """Only https, or plain http on this machine, is fetched."""
    with pytest.raises(ToolError, match="not an https address"):
        download(url)


def test_sums_are_pinned_for_four_platforms() -> None:
    """Each pinned sum is a SHA-256, and no two are the same."""
    assert set(SHA256) == {"linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"}
    assert len(set(SHA256.values())) == 4
    assert all(re.fullmatch(r"[0-9a-f]{64}", text) for text in SHA256.values())
