"""The search for leaked secrets finds them in whatever form they leak."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.support.traces import CommandLines, files_with, found_in

if TYPE_CHECKING:
    from pathlib import Path

SECRET = 'planted+Secret/"5cb1"&x'


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "abcd"])
@pytest.mark.parametrize("after", ["", "z", "zy"])
def test_a_secret_inside_longer_base64_is_found(before: str, after: str) -> None:
    """Wherever it begins there."""
    text = base64.b64encode(f"{before}{SECRET}{after}".encode())
    assert found_in(text, {"it": SECRET}) == {"it"}


@pytest.mark.parametrize("text", [SECRET, json.dumps(SECRET), quote(SECRET, safe="")])
def test_a_secret_in_text_is_found(text: str) -> None:
    """Between other words."""
    assert found_in(f"x {text} y".encode(), {"it": SECRET, "other": "nowhere-to-be"}) == {"it"}


def test_files_and_what_is_packed_in_them_are_read(tmp_path: Path) -> None:
    """As Terraform's plans are."""
    (tmp_path / "clean").write_text("nothing")
    with zipfile.ZipFile(tmp_path / "a.tfplan", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("tfplan", SECRET * 9)
    assert {str(path) for path in files_with(tmp_path, {"it": SECRET})} == {"a.tfplan"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_a_command_line_is_seen() -> None:
    """Also that of a process which lives for a moment."""
    with CommandLines() as lines:
        subprocess.run([sys.executable, "-c", "import time; time.sleep(0.5)", SECRET], check=True)
    assert any(found_in(line, {"it": SECRET}) for line in lines.seen)
