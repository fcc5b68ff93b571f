"""What a server of a profile asks for. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.rules.profiles import in_bytes
from jupyterhub_eks.placement.resources import GIB, Amounts

if TYPE_CHECKING:
    from jupyterhub_eks.config.profiles import ProfileConfig

# What the chart gives a server whose profile names no memory (z2jh 4.4.0, `singleuser.memory`).
CHART_MEMORY: Final = GIB


def demand(profile: ProfileConfig) -> Amounts:
    """Return the requests of one server, which are what the scheduler looks at."""
    return Amounts(
        # KubeSpawner hands cores over as they are written; Kubernetes rounds up.
        cpu_m=math.ceil(profile.cpu.guarantee * 1000) if profile.cpu else 0,
        memory=int(in_bytes(profile.memory.guarantee)) if profile.memory else CHART_MEMORY,
        gpu=profile.gpu,
        neuron=profile.neuron,
        pods=1,
    )
