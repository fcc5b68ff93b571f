"""Cores and memory of an imported profile, and what of them is said in the list. Pure."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.quantities import written_cores, written_memory
from jupyterhub_eks.foreign import extended

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.foreign.wishes import Wish
    from jupyterhub_eks.instances.model import InstanceType

_MOST_CORES: Final = 1024


def in_words(wish: Wish) -> str:
    """Return what a server asks for, as it is written here."""
    amounts = wish.amounts
    found = [f"{_cores(amounts.cpu_m):g} cores"] if amounts.cpu_m else []
    found += [f"{written_memory(amounts.memory)} of memory"] if amounts.memory else []
    found += [f"{amounts.gpu} of `{extended.GPU}`"] if amounts.gpu else []
    found += [f"{amounts.neuron} of `{extended.NEURON}`"] if amounts.neuron else []
    found += [f"{count} of `{name}`" for name, count in wish.others]
    return ", ".join(found) or "no amount"


def sections(wish: Wish, machines: Sequence[InstanceType]) -> dict[str, Any]:
    """Return ``cpu`` and ``memory`` of a profile.

    A server without a limit may take all of its machine, so that is the limit which is written.

    Args:
        wish: What the server asks for.
        machines: Machines of its pool that hold it.
    """
    limits = dict(wish.limits)
    found: dict[str, Any] = {}
    cores = wish.amounts.cpu_m
    if cores or limits.get(extended.CPU):
        most = min(max((each.vcpu for each in machines), default=0), _MOST_CORES) * 1000
        limit = max(limits.get(extended.CPU, most), cores)
        found["cpu"] = {"guarantee": _cores(cores or limit), "limit": _cores(limit)}
    memory = wish.amounts.memory
    if memory:
        most = max((each.memory_mib for each in machines), default=0) * 2**20
        limit = max(limits.get(extended.MEMORY, most), memory)
        found["memory"] = {"guarantee": written_memory(memory), "limit": written_memory(limit)}
    return found


def chosen_limits(wish: Wish, machines: Sequence[InstanceType]) -> Iterator[str]:
    """Yield that limits were written which a server does not have; arguments as above."""
    limits, found = dict(wish.limits), sections(wish, machines)
    written, missing = [], []
    if "cpu" in found and extended.CPU not in limits:
        missing.append("cores")
        written.append(f"`cpu.limit: {found['cpu']['limit']:g}`")
    if "memory" in found and extended.MEMORY not in limits:
        missing.append("memory")
        written.append(f"`memory.limit: {found['memory']['limit']}`")
    if written:
        yield (
            f"has no limit of {' or '.join(missing)}, so {' and '.join(written)} "
            f"{'are' if len(written) > 1 else 'is'} written: the most of a machine of its pool"
        )


def _cores(millicores: int) -> float:
    return float(written_cores(Fraction(millicores, 1000)))
