"""Guess the number that was meant when a unit was written where none belongs."""

from __future__ import annotations

import re
from typing import Final

_NUMBER = re.compile(r"\s*([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*([A-Za-z]*)\s*")
_CORES = re.compile(r"\s*([0-9]{1,9}(?:[.,][0-9]{1,6})?)\s*([A-Za-z]*)\s*")
# Unit as written -> size in the base unit of its family (GiB, or minutes).
_SIZES: Final = {
    "g": 1.0,
    "gb": 1.0,
    "gi": 1.0,
    "gib": 1.0,
    "t": 1024.0,
    "tb": 1024.0,
    "ti": 1024.0,
    "tib": 1024.0,
}
_TIMES: Final = {
    "m": 1.0,
    "min": 1.0,
    "minute": 1.0,
    "h": 60.0,
    "hour": 60.0,
    "d": 1440.0,
    "day": 1440.0,
    "w": 10080.0,
    "week": 10080.0,
}
_FAMILIES: Final = {
    "_gib": (_SIZES, 1.0),
    "_minutes": (_TIMES, 1.0),
    "_hours": (_TIMES, 60.0),
    "_days": (_TIMES, 1440.0),
}
_QUANTITY: Final = {
    "k": "K",
    "kb": "K",
    "kib": "Ki",
    "ki": "Ki",
    "m": "M",
    "mb": "M",
    "mib": "Mi",
    "mi": "Mi",
    "g": "G",
    "gb": "G",
    "gib": "Gi",
    "gi": "Gi",
    "t": "T",
    "tb": "T",
    "tib": "Ti",
    "ti": "Ti",
}


def number_without_unit(key: str, text: str) -> int | float | None:
    """Return the number to write for ``key``, e.g. 50 for ``disk_gib: 50GB``.

    ``None`` where the text is no number, or its unit does not fit the key.
    """
    match = _NUMBER.fullmatch(text)
    if not match:
        return None
    value, unit = float(match[1]), match[2].lower()
    if unit:
        family = next((entry for end, entry in _FAMILIES.items() if key.endswith(end)), None)
        if family is None:
            return None
        units, base = family
        factor = units.get(unit) or units.get(unit.rstrip("s"))
        if factor is None:
            return None
        value = value * factor / base
    return int(value) if value == int(value) else value


def quantity(text: str) -> str | None:
    """Return ``8G`` for ``8 GB`` and the like; ``None`` where nothing needs to change."""
    match = _NUMBER.fullmatch(text)
    unit = _QUANTITY.get(match[2].lower()) if match else None
    fixed = f"{match[1]}{unit}" if match and unit else None
    return fixed if fixed != text else None


def cores_meant(text: str) -> str | None:
    """Return ``2`` for ``2 vCPU`` and ``500m`` for ``500 mCPU``; ``None`` for anything else."""
    match = _CORES.fullmatch(text)
    if not match:
        return None
    unit = match[2].lower().removesuffix("s")
    known = {"": "", "c": "", "core": "", "cpu": "", "vcpu": "", "m": "m", "mc": "m"}
    known |= {"mcpu": "m", "mcore": "m", "millicore": "m", "millicpu": "m"}
    return f"{match[1].replace(',', '.')}{known[unit]}" if unit in known else None
