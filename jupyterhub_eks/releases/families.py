"""What machines of a pool are: their kind and their accelerators. Pure.

Whether a family has NVIDIA GPUs or Neuron devices is said by ``config.rules.accelerators``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from jupyterhub_eks.config.rules.accelerators import is_neuron, is_nvidia
from jupyterhub_eks.instances.catalog import catalog

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.instances.model import InstanceType

Kind = Literal["cpu", "nvidia", "neuron"]

# Machines of a family with so many accelerators each (Karpenter 1.14.1, "Instance
# types", labels `instance-gpu-count` and `instance-accelerator-count`). 0: a fraction of
# one GPU. A family that is not here is newer than the table; nothing is concluded for it.
DEVICE_COUNTS: Final[dict[str, tuple[int, ...]]] = {
    "g4dn": (1, 4, 8),
    "g5": (1, 4, 8),
    "g5g": (1, 2),
    "g6": (1, 4, 8),
    "g6e": (1, 4, 8),
    "g6f": (0,),
    "g7": (1, 2, 4, 8),
    "g7e": (1, 2, 4, 8),
    "gr6": (1,),
    "gr6f": (0,),
    "p3dn": (8,),
    "p4d": (8,),
    "p4de": (8,),
    "p5": (1, 8),
    "p5e": (8,),
    "p5en": (8,),
    "p6-b200": (8,),
    "p6-b300": (8,),
    "inf2": (1, 6, 12),
    "trn1": (1, 16),
    "trn1n": (16,),
    "trn2": (1, 16),
}
# Every number of GPUs that a machine has, fractions apart.
GPU_COUNTS: Final = (1, 2, 4, 8)


def kind_of(pool: PoolConfig) -> Kind:
    """Return the kind of a pool's machines: the only one beside families that nobody knows."""
    if any(map(is_nvidia, pool.instances)):
        return "nvidia"
    return "neuron" if any(map(is_neuron, pool.instances)) else "cpu"


def is_fractional(pool: PoolConfig) -> bool:
    """Whether a pool has machines with a fraction of a GPU, which EC2 counts as none."""
    return any(0 in DEVICE_COUNTS.get(_family(name), ()) for name in pool.instances)


def gpu_counts(pool: PoolConfig, families: Collection[str]) -> tuple[int, ...]:
    """Return every number of whole GPUs that a machine which a pool names has.

    Of a machine that is not known yet it may be any.

    Args:
        pool: The pool.
        families: Families whose machines are looked at.
    """
    named = [name for name in pool.instances if _family(name) in families]
    found = [each for name in named for each in _machines(name, pool.sizes)]
    if None in found:
        return GPU_COUNTS
    return tuple(sorted({each.gpu_count for each in found if each} - {0}))


def device_counts(pool: PoolConfig, asked: int) -> tuple[int, ...]:
    """Return the numbers of accelerators that machines of a pool may have; empty for any.

    Where only families are given, the machines are those that one server fills or shares
    best: a pool for servers with one GPU does not start a machine with eight (D18, D22).

    Args:
        pool: The pool.
        asked: Most accelerators that a profile of it asks for, 1 or more.
    """
    families = [DEVICE_COUNTS.get(name, ()) for name in pool.instances]
    if pool.sizes or not all(families):
        return ()
    fitting = [[n for n in counts if n >= asked or n == 0] for counts in families]
    if not all(fitting):
        return ()
    largest = max(min(counts) for counts in fitting)
    return tuple(sorted({n for counts in families for n in counts if n <= largest}))


def _machines(name: str, sizes: tuple[str, ...]) -> Iterator[InstanceType | None]:
    """Yield what is known of a family's machines, or of a type; None where nothing is."""
    if "." in name:
        yield catalog().find(name)
        return
    family = catalog().of_family(name)
    yield from (each for each in family if not sizes or each.size in sizes)
    if not family:
        yield None


def _family(instance: str) -> str:
    return instance.partition(".")[0]
