"""A logo is read beside the file that names it, and refused where it would do harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.config.logo import MOST_BYTES, data_url, image_of
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

SVG = b'<?xml version="1.0"?>\n<!-- by hand -->\n<svg xmlns="http://www.w3.org/2000/svg"></svg>'
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def written(folder: Path, logo: str) -> Path:
    """Write a ``jhub.yaml`` that names a logo."""
    file = folder / "jhub.yaml"
    file.write_text(f'appearance: {{logo: "{logo}"}}\n')
    return file


def refusal(file: Path) -> str:
    """Return the only problem of a file, message and hint."""
    with pytest.raises(ConfigError) as caught:
        load(ConfigSources(files=(file,)))
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.path) == (str(file), 1, "appearance.logo")
    return f"{problem.message} -> {problem.hint}"


@pytest.mark.parametrize("image", [SVG, PNG], ids=["svg", "png"])
def test_it_is_taken_in(tmp_path: Path, image: bytes) -> None:
    """The configuration holds the image, so a digest of it does too."""
    (tmp_path / "art").mkdir()
    (tmp_path / "art" / "logo").write_bytes(image)
    made = load(ConfigSources(files=(written(tmp_path, "art/logo"),))).deployment

    logo = made.settings.appearance.logo
    assert logo == data_url(image)
    assert image_of(logo) == image


def test_it_is_sought_where_it_is_named(tmp_path: Path) -> None:
    """An overlay in another folder has its logo there."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "logo.svg").write_bytes(SVG.replace(b"by hand", name.encode()))
    files = (written(tmp_path / "a", "logo.svg"), written(tmp_path / "b", "logo.svg"))

    logo = load(ConfigSources(files=files)).deployment.settings.appearance.logo

    assert logo
    assert b"<!-- b -->" in image_of(logo)


def test_an_address_is_left_as_it_is(tmp_path: Path) -> None:
    """Nothing is fetched."""
    address = "https://www.example.org/logo.svg"
    made = load(ConfigSources(files=(written(tmp_path, address),))).deployment
    assert made.settings.appearance.logo == address


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (None, "there is no such file -> name an SVG or PNG file"),
        (PNG.ljust(MOST_BYTES + 1), "the file is larger than 128 KiB -> make it smaller"),
        (b"GIF89a", "is neither an SVG nor a PNG image -> convert it"),
        (b"", "is neither an SVG nor a PNG image"),
        (b"<html><svg></svg></html>", "is neither an SVG nor a PNG image"),
        (b"<svg><script>1</script></svg>", "can run a script (`<script`), and the hub would serve"),
        (b'<svg onload="x()"></svg>', "can run a script (`onload=`)"),
        (b"<svg><a href='javascript:x'/></svg>", "can run a script (`javascript:`)"),
    ],
)
def test_what_is_no_logo_is_refused(tmp_path: Path, image: bytes | None, said: str) -> None:
    """At its place, with what to do."""
    if image is not None:
        (tmp_path / "logo.svg").write_bytes(image)
    assert said in refusal(written(tmp_path, "logo.svg"))


@pytest.mark.parametrize(
    ("logo", "said"),
    [
        ("http://www.example.org/logo.svg", "is neither a file nor an https URL"),
        ("https://", "is neither a file nor an https URL"),
        ("data:image/gif;base64,R0lG", "neither PNG nor SVG in base64 -> write the name of a file"),
        ("data:image/png;base64,????", "neither PNG nor SVG in base64"),
        (data_url(b"<svg onload='x'/>"), "`logo` can run a script"),
        (data_url(PNG.ljust(MOST_BYTES + 3)), "`logo` holds 129 KiB; 128 KiB are the most"),
    ],
)
def test_what_is_written_out_is_checked_too(tmp_path: Path, logo: str, said: str) -> None:
    """An ejected configuration holds the image itself; others may write what they like."""
    assert said in refusal(written(tmp_path, logo))
