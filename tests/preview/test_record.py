"""``jhub preview --record``: pages that open without a hub, and pictures of them."""

from __future__ import annotations

import shutil
import struct
from typing import TYPE_CHECKING

from jupyterhub_eks.preview.recording_pictures import chromium
from tests.support.previewing import free_port
from tests.support.visitor import text_of

if TYPE_CHECKING:
    from tests.support.previewing import Bench

PAGES = ("login", "server-options", "waiting", "home", "pods")


def test_pages_are_recorded(bench: Bench) -> None:
    """What a user sees from the login on; then nothing runs any more."""
    folder = bench.folder / "pages"

    said = bench.run("preview", "--port", str(free_port()), "--record", str(folder))

    texts = {name: text_of((folder / f"{name}.html").read_text()) for name in PAGES}
    assert "Password" in texts["login"]
    assert "Data science (CPU)" in texts["server-options"]
    assert "A machine is being started for your server" in texts["waiting"]
    assert "Stop my server" in texts["home"]
    assert "data-science-cpu" in texts["pods"]
    assert all(f"{name}.html" in said for name in PAGES)
    pictures = {path.name: path.read_bytes() for path in folder.glob("*.png")}
    assert len(pictures) == (len(PAGES) * 4 if chromium() else 0)
    sizes = {name: struct.unpack(">II", picture[16:24]) for name, picture in pictures.items()}
    assert set(sizes.values()) <= {(1280, 900), (390, 844)}
    assert list((bench.folder / ".jhub" / "preview").glob("*/running.json")) == []


def test_without_chromium_there_are_pages_only(bench: Bench) -> None:
    """That is said, and is no failure."""
    tools = bench.folder / "tools"
    tools.mkdir()
    # What walls of servers are made of stays, where the machine has it.
    for name in ("unshare", "setpriv", "mount", "sh"):
        if found := shutil.which(name):
            (tools / name).symlink_to(found)
    bench.environ = {"PATH": str(tools)}
    folder = bench.folder / "pages"

    said = bench.run("preview", "--port", str(free_port()), "--record", str(folder))

    assert "pages only: there is no Chromium" in said
    assert (folder / "login.html").is_file()
    assert not list(folder.glob("*.png"))
