"""Which machines a pool may start, by the requirements that are deployed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.placement.labels import machine_labels, unmet
from jupyterhub_eks.releases.requirements import requirements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.instances.model import InstanceType


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Machines of the families and types that a pool names.

    Attributes:
        taken: Those that meet the pool's requirements, the smallest first.
        left_out: The others, each with the requirement that it does not meet.
        unknown: Names of the pool of which nothing is known.
    """

    taken: tuple[InstanceType, ...]
    left_out: tuple[tuple[InstanceType, Mapping[str, Any]], ...]
    unknown: tuple[str, ...]


def candidates(pool: PoolConfig, asked: int, catalog: Catalog) -> Candidates:
    """Return the machines of a pool.

    Args:
        pool: The pool.
        asked: Most accelerators that one of its profiles asks for.
        catalog: What is known of EC2's machines.
    """
    wanted = requirements(pool, asked)
    taken: list[InstanceType] = []
    left_out: list[tuple[InstanceType, Mapping[str, Any]]] = []
    named = {name: catalog.named(name) for name in pool.instances}
    for machine in dict.fromkeys(each for machines in named.values() for each in machines):
        missing = unmet(wanted, machine_labels(machine))
        if missing is None:
            taken.append(machine)
        else:
            left_out.append((machine, missing))
    taken.sort(key=lambda each: (each.vcpu, each.memory_mib, each.name))
    return Candidates(
        taken=tuple(taken),
        left_out=tuple(left_out),
        unknown=tuple(name for name, machines in named.items() if not machines),
    )
