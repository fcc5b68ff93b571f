"""What a single value of a YAML file is."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jupyterhub_eks.config.document import ScalarValue

# YAML 1.2 core schema: `yes`, `on` and dates are text, octal is `0o17`.
_INT = re.compile(r"[-+]?[0-9]{1,400}")
_OCTAL = re.compile(r"0o[0-7]{1,400}")
_HEX = re.compile(r"0x[0-9a-fA-F]{1,400}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,4})?")
_CONSTANTS: Final[dict[str, ScalarValue]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def resolve(text: str) -> ScalarValue:
    """Return what the YAML 1.2 core schema makes of plain text.

    ``.inf`` and ``.nan`` stay text: no setting can be one, and JSON has neither.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text, 8)
    if _HEX.fullmatch(text):
        return int(text, 16)
    if len(text) < 400 and _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text


def whole_characters(text: str) -> str | None:
    """Return ``text`` with the halves of characters joined, which JSON escapes one by one.

    ``None`` where a half stands alone.
    """
    if text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text):
        return text
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return None
