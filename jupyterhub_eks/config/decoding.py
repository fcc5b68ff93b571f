"""Turn the bytes of a configuration file into text, or say which byte is in the way."""

from __future__ import annotations

from typing import Final

from jupyterhub_eks.config.builder import refuse
from jupyterhub_eks.config.document import Place

_UTF_16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def decode(data: bytes, name: str) -> str:
    """Return the text of UTF-8 bytes, without a byte order mark.

    Raises:
        ReadError: They are of another encoding, or no text.
    """
    if data.startswith(_UTF_16_MARKS) or _alternates_with_nul(data):
        refuse(Place(name, 1, 1), "the file is UTF-16, not UTF-8", _recode(name, "UTF-16"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = data[error.start : error.start + 1]
        letter = byte.decode("latin-1")
        meant = f"; in Latin-1 it is `{letter}`" if letter.isprintable() else ""
        refuse(
            _place(data, error.start, name),
            f"byte 0x{byte.hex()} is not UTF-8 text{meant}",
            _recode(name, "ISO-8859-1"),
        )
    if (position := data.find(b"\0")) >= 0:
        refuse(
            _place(data, position, name),
            "byte 0x00: the file is binary or damaged",
            "name a YAML file, or remove the byte",
        )
    return text


def _alternates_with_nul(data: bytes) -> bool:
    """Whether every second byte of the beginning is zero, as in UTF-16 of Latin letters."""
    start = data[:64]
    odd, even = start[1::2], start[::2]
    return len(odd) > 1 and ((not any(odd) and all(even)) or (not any(even) and all(odd)))


def _place(data: bytes, position: int, name: str) -> Place:
    before = data[:position]
    in_line = before[before.rfind(b"\n") + 1 :].decode("utf-8-sig", "replace")
    return Place(name, before.count(b"\n") + 1, len(in_line) + 1)


def _recode(name: str, encoding: str) -> str:
    return f"save the file as UTF-8, e.g. `iconv -f {encoding} -t UTF-8 {name} > new.yaml`"
