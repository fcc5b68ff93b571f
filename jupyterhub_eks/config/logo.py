"""A logo in the configuration: an image as a data URL, and what is wrong with it. Pure."""

from __future__ import annotations

import base64
import re
from typing import Final

KEY: Final = ("appearance", "logo")
# It goes into a Secret of at most 1 MiB twice, and three times into Helm's record of the release.
MOST_BYTES: Final = 128 * 1024
PNG: Final = "data:image/png;base64,"
SVG: Final = "data:image/svg+xml;base64,"
TOO_LARGE: Final = "make it smaller: as SVG, or as PNG of some 256 pixels in height"
_DATA: Final = re.compile(
    r"data:image/(?:png|svg\+xml);base64,(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/=]{4}"
)
# Declarations and comments may stand before the picture.
_IS_SVG: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<\?xml.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)*<svg[\s>]", re.DOTALL
)
# The hub serves the file under its own name, where a script could do what its reader can.
_SCRIPT: Final = re.compile(rb"<script|\son\w+\s*=|javascript:|<foreignObject", re.IGNORECASE)


def data_url(image: bytes) -> str:
    """Return a PNG or SVG image as a data URL."""
    return (PNG if _is_png(image) else SVG) + base64.b64encode(image).decode()


def image_of(logo: str) -> bytes:
    """Return the image that a data URL holds."""
    return base64.b64decode(logo.partition(",")[2])


def url_fault(logo: str) -> tuple[str, str] | None:
    """Return what is wrong with a data URL, and what to do; None: nothing is."""
    if not _DATA.fullmatch(logo):
        message = "`logo` holds an image that is neither PNG nor SVG in base64"
        return message, "write the name of a file, e.g. `logo: logo.svg`"
    image = image_of(logo)
    if len(image) > MOST_BYTES:
        message = f"`logo` holds {_kib(len(image))}; {_kib(MOST_BYTES)} are the most"
        return message, TOO_LARGE
    return image_fault("logo", image)


def image_fault(name: str, image: bytes) -> tuple[str, str] | None:
    """Return what is wrong with an image, and what to do; None: nothing is.

    Args:
        name: What messages call it.
        image: Its content.
    """
    if _is_png(image):
        return None
    if not _IS_SVG.match(image):
        message = f"`{name}` is neither an SVG nor a PNG image"
        return message, "convert it, e.g. with an image editor, and name that file"
    if found := _SCRIPT.search(image):
        what = found[0].decode(errors="replace").strip()
        message = f"`{name}` can run a script (`{what}`), and the hub would serve it as its own"
        return message, "export it as a plain SVG, or as PNG"
    return None


def _is_png(image: bytes) -> bool:
    return image.startswith(b"\x89PNG\r\n\x1a\n")


def _kib(count: int) -> str:
    return f"{-(-count // 1024)} KiB"
