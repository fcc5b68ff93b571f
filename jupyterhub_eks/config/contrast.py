"""Contrast of two colours as WCAG 2.2 defines it, and colours that can be read. Pure."""

from __future__ import annotations

from typing import Final

WHITE: Final = "#ffffff"
# What cards of the dark pages stand on, see helm_values/hub-templates/jhub.css.
DARK: Final = "#1b1e24"
BLACK: Final = "#000000"
# WCAG 2.2, success criterion 1.4.3 (AA), for text of normal size.
LEAST: Final = 4.5
_STEPS: Final = 50


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21; colours as ``#rrggbb``."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(color: str, ground: str, least: float = LEAST) -> str:
    """Return the colour nearest to one, in its hue, that can be read on a ground.

    Args:
        color: What is wished.
        ground: What it stands on.
        least: Contrast that it has to have.
    """
    towards = WHITE if contrast(ground, WHITE) > contrast(ground, BLACK) else BLACK
    found = color
    for step in range(_STEPS + 1):
        found = _mixed(color, towards, step / _STEPS)
        if contrast(found, ground) >= least:
            break
    return found


def text_on(color: str) -> str:
    """Return what is read best on a colour: white where that does, else black."""
    return WHITE if contrast(color, WHITE) >= LEAST else BLACK


def _parts(color: str) -> tuple[int, int, int]:
    red, green, blue = (int(color[start : start + 2], 16) for start in (1, 3, 5))
    return red, green, blue


def _mixed(color: str, other: str, share: float) -> str:
    pairs = zip(_parts(color), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    low = 0.04045
    return part / 12.92 if part <= low else float(((part + 0.055) / 1.055) ** 2.4)
