"""Read the stacks, their dependencies and sizes from synthesized files; pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyterhub_eks import ordering
from jupyterhub_eks.errors import DeployerError
from jupyterhub_eks.synth.files import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyterhub_eks.synth.files import Tree


@dataclass(frozen=True, kw_only=True)
class SynthesizedStack:
    """A stack as Terraform JSON.

    Attributes:
        name: Name of the stack.
        directory: Folder in which Terraform runs; holds ``cdk.tf.json``.
        depends_on: Stacks whose outputs it reads, in alphabetical order.
        resources: Number of resource blocks; data sources do not count.
    """

    name: str
    directory: Path
    depends_on: tuple[str, ...]
    resources: int


def read_stacks(tree: Tree, out: Path) -> tuple[SynthesizedStack, ...]:
    """Return the stacks of a synthesized tree, upstream first.

    Args:
        tree: Files by path relative to ``out``.
        out: Where the files are, or will be.

    Raises:
        DeployerError: Stacks depend on each other in a circle, or on one that is
            not there.
    """
    stacks: dict[str, Any] = json.loads(tree[MANIFEST])["stacks"]
    dependencies = {name: tuple(sorted(entry["dependencies"])) for name, entry in stacks.items()}
    return tuple(
        SynthesizedStack(
            name=name,
            directory=out / stacks[name]["workingDirectory"],
            depends_on=dependencies[name],
            resources=_count_resources(tree[stacks[name]["synthesizedStackPath"]]),
        )
        for name in order(dependencies)
    )


def order(dependencies: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the stacks so that each comes after those it depends on.

    Raises:
        DeployerError: There is a circle, or a dependency on an unknown stack.
    """
    for name, needs in dependencies.items():
        for unknown in sorted(set(needs) - set(dependencies)):
            raise DeployerError(f"stack {name!r} depends on {unknown!r}, which does not exist")
    try:
        return ordering.order(dependencies)
    except ValueError as error:
        raise DeployerError(str(error)) from error


def _count_resources(content: bytes) -> int:
    blocks: dict[str, dict[str, Any]] = json.loads(content).get("resource", {})
    return sum(len(instances) for instances in blocks.values())
