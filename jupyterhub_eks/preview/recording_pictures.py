"""Pictures of pages, drawn by the machine's Chromium."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path
from typing import Final, NamedTuple

from jupyterhub_eks.errors import PreviewError

_PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SECONDS: Final = 60.0
# Chromium's own window takes some of the height that it is given, which stays blank.
_BLANK: Final = 200
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_BYTES_PER_PIXEL: Final = {2: 3, 6: 4}
_FRAME: Final = (
    '<!DOCTYPE html><body style="margin: 0"><iframe src="{page}" style="position: absolute; '
    'top: 0; left: 0; border: 0; width: {width}px; height: {height}px"></iframe></body>'
)


class Screen(NamedTuple):
    """What pages are drawn on, in pixels."""

    name: str
    width: int
    height: int


SCREENS: Final = (Screen("desktop", 1280, 900), Screen("phone", 390, 844))


def chromium() -> Path | None:
    """Return the machine's Chromium, if it has one."""
    return next((Path(found) for name in _PROGRAMS if (found := shutil.which(name))), None)


def draw(program: Path, page: str, screen: Screen) -> bytes:
    """Return a PNG of a page.

    Args:
        program: Chromium.
        page: HTML that needs nothing else.
        screen: What it is drawn on.

    Raises:
        PreviewError: It cannot be drawn.
    """
    with tempfile.TemporaryDirectory(prefix="jhub-picture-") as name:
        folder = Path(name)
        (folder / "page.html").write_text(page, encoding="utf-8")
        # A window has a least width, a frame has none.
        frame = _FRAME.format(page="page.html", width=screen.width, height=screen.height)
        (folder / "frame.html").write_text(frame, encoding="utf-8")
        picture = folder / "picture.png"
        argv = [
            str(program),
            "--headless",
            "--hide-scrollbars",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            f"--user-data-dir={folder / 'profile'}",
            f"--window-size={screen.width},{screen.height + _BLANK}",
            f"--screenshot={picture}",
            (folder / "frame.html").as_uri(),
        ]
        if not os.geteuid():  # nosec - root has no sandbox; the page is ours and runs no script
            argv.insert(1, "--no-sandbox")
        try:
            done = subprocess.run(argv, capture_output=True, check=False, timeout=_SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _failed(program, str(error)) from error
        if not picture.is_file():
            raise _failed(program, done.stderr.decode(errors="replace").strip()[-400:])
        return cropped(picture.read_bytes(), screen.height)


def cropped(png: bytes, height: int) -> bytes:
    """Return the upper part of a picture, packed as tightly as PNG can.

    Args:
        png: Without interlacing, 8 bits a colour, as Chromium writes it.
        height: In pixels.

    Raises:
        PreviewError: It is another kind of picture.
    """
    chunks = _chunks(png)
    width, _, depth, kind, *rest = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != 8 or kind not in _BYTES_PER_PIXEL or rest[2]:
        raise PreviewError("Chromium wrote a picture of a kind that is not known")
    rows = zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT"))
    # A filter byte before each row; filters look upwards only.
    kept = rows[: height * (1 + width * _BYTES_PER_PIXEL[kind])]
    header = struct.pack(">IIBBBBB", width, height, depth, kind, *rest)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(kept, 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(name, data) for name, data in parts)


def _chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    found = []
    at = len(_SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        found.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def _chunk(name: bytes, data: bytes) -> bytes:
    checked = name + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))


def _failed(program: Path, cause: str) -> PreviewError:
    return PreviewError(
        f"{program} did not draw a page",
        cause=cause or "it said nothing",
        hint="the pages themselves were written; open them in a browser",
    )
