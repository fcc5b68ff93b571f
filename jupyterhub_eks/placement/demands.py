"""What a server of a profile asks for. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.quantities import thousandths
from jupyterhub_eks.placement.resources import GIB, Amounts

if TYPE_CHECKING:
    from jupyterhub_eks.config.profiles import ProfileConfig

# What the chart gives a server whose profile names no memory (z2jh 4.4.0, `singleuser.memory`).
CHART_MEMORY: Final = GIB


def demand(profile: ProfileConfig) -> Amounts:
    """Return the requests of one server, which are what the scheduler looks at."""
    return Amounts(
        cpu_m=thousandths(profile.cpu.guarantee) if profile.cpu else 0,
        memory=profile.memory.guarantee if profile.memory else CHART_MEMORY,
        gpu=profile.gpu,
        neuron=profile.neuron,
        pods=1,
    )
