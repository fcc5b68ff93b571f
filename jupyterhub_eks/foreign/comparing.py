"""Guarantees held against limits, and both against what there is. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.foreign import extended as names
from jupyterhub_eks.placement.resources import GIB

if TYPE_CHECKING:
    from jupyterhub_eks.foreign.amounts import Amount, SettingsReader

# More than any machine of EC2 has (u7inh-32tb: 1920 cores, 32 TiB).
MOST_CORES: Final = 1920
MOST_MEMORY: Final = 32 * 2**40
# JupyterLab itself takes some 100 MB.
LEAST_MEMORY: Final = 64 * 2**20


def compare(reader: SettingsReader) -> None:
    """Note where guarantee and limit contradict each other, or no machine has so much."""
    for name, amount in {**reader.limits, **reader.requests}.items():
        wanted, most = reader.requests.get(name), reader.limits.get(name)
        if names.is_extended(name):
            _devices(reader, name, wanted, most)
        elif wanted and most and wanted.value > most.value:
            reader.say(
                wanted,
                wanted.setting,
                f"the guarantee of {name}, {_said(name, wanted)}, is more than its limit, "
                f"{_said(name, most)}: Kubernetes refuses the server",
                f"write {_said(name, most)} or less",
            )
        _absurd(reader, name, amount)


def _devices(reader: SettingsReader, name: str, wanted: Amount | None, most: Amount | None) -> None:
    either = most or wanted
    if either is None:
        return
    for amount in (wanted, most):
        if amount and amount.value.denominator != 1:
            reader.doubt(
                amount,
                amount.setting,
                f"`{name}: {amount.text}`: devices are whole, Kubernetes refuses a part of one",
                f"write `{name}: {max(math.ceil(amount.value), 1)}`; a part of a GPU is had by "
                "time-slicing or MIG",
            )
            return
    if most is None and wanted:
        reader.say(
            wanted,
            wanted.setting,
            f"`{name}` is only guaranteed; without a limit Kubernetes refuses the server",
            f"add `extra_resource_limits: {{{name}: {wanted.text}}}`",
        )
    elif most and wanted and most.value != wanted.value:
        reader.doubt(
            wanted,
            wanted.setting,
            f"`{name}`: {wanted.text} guaranteed, limit {most.text}; for devices Kubernetes "
            "takes equal numbers only",
            f"write {most.text} for both",
        )


def _absurd(reader: SettingsReader, name: str, amount: Amount) -> None:
    value = amount.value
    if name == names.CPU and value > MOST_CORES:
        reader.say(
            amount,
            amount.setting,
            f"{_said(name, amount)}: no machine has so many",
            "write the number of cores; 1000 millicores are one",
        )
    elif name == names.MEMORY and value > MOST_MEMORY:
        reader.say(
            amount,
            amount.setting,
            f"{_said(name, amount)} of memory: no machine has so much",
            "check the unit",
        )
    elif name == names.MEMORY and value < LEAST_MEMORY and amount.value:
        unit = "" if amount.text[-1:].isalpha() else "; without a unit it counts bytes"
        reader.say(
            amount,
            amount.setting,
            f"`{amount.text}` of memory is too little for JupyterLab to start{unit}",
            f"write e.g. `{amount.text}G`" if amount.text.isdecimal() else "write e.g. `4G`",
        )
    elif name == names.GPU and value > 16:
        reader.say(amount, amount.setting, f"`{name}: {amount.text}`: no machine has so many", "")


def _said(name: str, amount: Amount) -> str:
    if name == names.CPU:
        return f"{float(amount.value):g} cores"
    if name in (names.MEMORY, names.DISK):
        gib = float(amount.value / GIB)
        return f"{gib:.4g} GiB"
    return amount.text
