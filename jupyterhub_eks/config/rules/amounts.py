"""Rules for ``cpu`` and ``memory`` of a profile or of one of its sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.config.amounts import LEAST_MEMORY
from jupyterhub_eks.config.quantities import written_memory
from jupyterhub_eks.config.rules.finding import Finding, Path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.amounts import CpuRange, MemoryRange


def amount_rules(path: Path, cpu: CpuRange | None, memory: MemoryRange | None) -> Iterator[Finding]:
    """Yield findings about amounts that stand at ``path``."""
    if cpu and cpu.guarantee > cpu.limit:
        yield _crossed((*path, "cpu"), f"{cpu.guarantee:g}", f"{cpu.limit:g}")
    if not memory:
        return
    if memory.guarantee > memory.limit:
        halves = written_memory(memory.guarantee), written_memory(memory.limit)
        yield _crossed((*path, "memory"), *halves)
    if memory.limit < LEAST_MEMORY:
        yield Finding(
            path=(*path, "memory", "limit"),
            message=f"a memory limit of {written_memory(memory.limit)} is too little for "
            "JupyterLab to start",
            hint="write e.g. `4G`",
        )


def _crossed(path: Path, guarantee: str, limit: str) -> Finding:
    return Finding(
        path=(*path, "limit"),
        message=f"`limit: {limit}` is less than `guarantee: {guarantee}`",
        hint=f"write `limit: {guarantee}` or more",
        also=((*path, "guarantee"),),
    )
