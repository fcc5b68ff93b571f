"""Pages become files that need nothing else; pictures are cut to the screen they stand for."""

from __future__ import annotations

import struct
import zlib

import pytest

from jupyterhub_eks.errors import PreviewError
from jupyterhub_eks.preview.recording_pages import Part, one_file, with_event, with_theme
from jupyterhub_eks.preview.recording_pictures import cropped

ADDRESS = "http://127.0.0.1:8000/hub/spawn"
PAGE = """<!DOCTYPE HTML>
<html lang="en" data-bs-theme="light"><head>
<link rel="stylesheet" href="/hub/static/css/style.css?v=1" type="text/css" />
<link rel="icon" href="/hub/static/favicon.ico">
<script src="/hub/static/js/home.js"></script>
<script>alert("</p>")</script></head>
<body><img alt="" src="/hub/logo"><img src="data:image/png;base64,AA==">
<form action="/hub/spawn?_xsrf=MTIz&amp;a=1"><input type="hidden" name="_xsrf" value="MTIz"/></form>
<span id="progress-message" role="status">The hub has got your request.</span>
<div id="progress-bar" class="progress-bar"></div>
</body></html>"""
PARTS = {
    "http://127.0.0.1:8000/hub/static/css/style.css?v=1": Part(
        "text/css",
        b"\xef\xbb\xbf@font-face { src: url(../fonts/a.woff2) format('woff2'), "
        b"url('../fonts/a.ttf') }"
        b" b { background: url(\"../images/x.png\") } i { background: url('data:,x') }",
    ),
    "http://127.0.0.1:8000/hub/static/images/x.png": Part("image/png", b"image"),
    "http://127.0.0.1:8000/hub/logo": Part("image/svg+xml", b"<svg/>"),
}


def recorded() -> str:
    return one_file(PAGE, ADDRESS, PARTS.__getitem__)


def test_styles_and_images_are_in_the_page() -> None:
    """Also what a style sheet loads but for fonts; a mark of its coding would spoil a rule."""
    page = recorded()

    assert 'src="data:image/svg+xml;base64,PHN2Zy8+"' in page
    assert 'url("data:image/png;base64,aW1hZ2U=")' in page
    assert "<style>@font-face { src: url(data:,) format('woff2'), url(data:,) }" in page
    assert "url('data:,x')" in page
    assert 'src="data:image/png;base64,AA=="' in page
    assert "/hub/static" not in page


def test_nothing_is_run_and_no_token_is_kept() -> None:
    """Whoever opens the file neither calls a hub nor reads what protects its forms."""
    page = recorded()

    assert "home.js" not in page
    assert "alert" not in page
    assert "MTIz" not in page
    assert '_xsrf=&amp;a=1"' in page


def test_a_theme_is_followed_or_fixed() -> None:
    """The file is as its reader prefers; a picture is one of both."""
    page = recorded()

    assert "prefers-color-scheme" in page
    dark = with_theme(page, "dark")
    assert '<html lang="en" data-bs-theme="dark">' in dark
    assert "prefers-color-scheme" not in dark


def test_an_event_is_shown_as_the_script_would() -> None:
    """Its words, HTML as it comes, and the bar."""
    page = with_event(recorded(), r"A machine \1 <details>x</details>", 50)

    assert r'role="status">A machine \1 <details>x</details></span>' in page
    assert '<div id="progress-bar" style="width: 50%" class' in page
    assert "got your request" not in page


def png(width: int, height: int, interlaced: int = 0) -> bytes:
    """Return a picture, each row of which has a colour of its own."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    rows = b"".join(b"\x00" + bytes([row, 0, 0]) * width for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, interlaced)
    body = chunk(b"IHDR", header) + chunk(b"tEXt", b"a\x00b") + chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def test_a_picture_is_cut() -> None:
    """The lower rows go, and nothing else changes."""
    cut = cropped(png(7, 5), 3)

    assert struct.unpack(">II", cut[16:24]) == (7, 3)
    at = cut.index(b"IDAT")
    (length,) = struct.unpack(">I", cut[at - 4 : at])
    rows = zlib.decompress(cut[at + 4 : at + 4 + length])
    assert rows == b"".join(b"\x00" + bytes([row, 0, 0]) * 7 for row in range(3))
    assert struct.unpack(">I", cut[at + 4 + length : at + 8 + length])[0] == zlib.crc32(
        cut[at : at + 4 + length]
    )


def test_a_picture_of_another_kind_is_refused() -> None:
    """It would be cut into noise."""
    with pytest.raises(PreviewError, match="kind"):
        cropped(png(2, 2, interlaced=1), 1)
