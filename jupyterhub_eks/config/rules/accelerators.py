"""Which families and types carry accelerators, by their names."""

from __future__ import annotations

import re
from typing import Final

_NVIDIA = re.compile(r"(?:g[3-9][a-z]*|gr6[a-z]*|p[2-9][a-z]*(?:-[a-z0-9]+)?)")
_AMD_GPU: Final = frozenset({"g4ad"})
_NEURON = re.compile(r"(?:trn|inf)\d[a-z]*")


def is_nvidia(instance: str) -> bool:
    """Whether a family or type carries NVIDIA GPUs, by its name."""
    family = instance.partition(".")[0]
    return family not in _AMD_GPU and _NVIDIA.fullmatch(family) is not None


def is_neuron(instance: str) -> bool:
    """Whether a family or type carries Trainium or Inferentia devices, by its name."""
    family = instance.partition(".")[0]
    return family != "inf1" and _NEURON.fullmatch(family) is not None


def has_accelerators(instance: str) -> bool:
    """Whether a family or type carries either."""
    return is_nvidia(instance) or is_neuron(instance)
