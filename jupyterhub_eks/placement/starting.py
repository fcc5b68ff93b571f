"""How long a user waits for a server that needs a node of its own. Pure.

Estimates, made of these assumptions of ours; AWS publishes no figures, and none was measured:
Karpenter has a machine within seconds; a machine boots and joins the cluster in about a minute,
one with GPUs or Neuron devices in two, as its driver and its device plugin have to answer before
a server may ask for them; cutting GPUs into partitions takes two more, with a reboot of an A100.
An image of 1.5 GB is pulled and unpacked in a minute, one of 10 GB, as those with CUDA or Neuron
libraries are (facts 2.3), in three. On a node that has room and the image it is seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.releases.families import kind_of

if TYPE_CHECKING:
    from jupyterhub_eks.config.pools import PoolConfig

_MINUTES_OF_NODE: Final = {"cpu": 1, "nvidia": 2, "neuron": 2}
_MINUTES_OF_IMAGE: Final = {"cpu": 1, "nvidia": 3, "neuron": 3}
_IMAGES: Final = {"cpu": "1.5 GB", "nvidia": "10 GB", "neuron": "10 GB"}
_MINUTES_OF_PARTITIONS: Final = 2


@dataclass(frozen=True, kw_only=True)
class Start:
    """How a server of a pool starts where no node has room.

    Attributes:
        minutes: About how long it takes; 0: room is kept ready.
        why: What takes so long.
    """

    minutes: int
    why: str

    @property
    def label(self) -> str:
        """In one word."""
        return f"~{self.minutes} min" if self.minutes else "warm"


def start_of(pool: PoolConfig) -> Start:
    """Return how a server of a pool starts."""
    if pool.warm.nodes or pool.warm.servers:
        return Start(minutes=0, why="room is kept ready")
    kind = kind_of(pool)
    minutes = _MINUTES_OF_NODE[kind] + _MINUTES_OF_IMAGE[kind]
    parts = ["a node starts"]
    if pool.gpu.sharing == "mig":
        minutes += _MINUTES_OF_PARTITIONS
        parts.append("its GPUs are partitioned")
    parts.append(f"an image of {_IMAGES[kind]} is pulled")
    return Start(minutes=minutes, why=", ".join(parts))
