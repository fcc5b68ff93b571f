"""What a server of a profile asks for. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.placement.resources import Amounts
from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.server_requests import CPU, DISK, MEMORY, server_requests
from jupyterhub_eks.releases.z2jh.every_server import CHART_ONLY

if TYPE_CHECKING:
    from jupyterhub_eks.config.profiles import ProfileConfig
    from jupyterhub_eks.releases.z2jh.every_server import EveryServer


def demand(profile: ProfileConfig, every: EveryServer = CHART_ONLY) -> Amounts:
    """Return the requests of one server, which are what the scheduler looks at.

    Args:
        profile: What is started.
        every: Settings of every server.
    """
    asked = server_requests(profile, every)
    return Amounts(
        cpu_m=asked.get(CPU, 0),
        memory=asked.get(MEMORY, 0),
        disk=asked.get(DISK, 0),
        gpu=asked.get(labels.GPU, 0),
        neuron=asked.get(labels.NEURON, 0),
        pods=1,
    )
