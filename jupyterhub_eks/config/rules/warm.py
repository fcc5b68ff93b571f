"""Rules for what a pool keeps ready, and for a machine that one server has to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.config.rules.finding import Finding, Path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from jupyterhub_eks.config.pools import PoolConfig


def warm_name(pool: str) -> str:
    """Return the name of the NodePool of a pool's nodes that always run."""
    return f"{pool}-warm"


def warm_rules(
    path: Path, name: str, pool: PoolConfig, others: Collection[str], *, has_profile: bool
) -> Iterator[Finding]:
    """Yield findings about ``warm`` and ``dedicated`` of a pool.

    Args:
        path: Of the pool.
        name: Its name.
        pool: The pool.
        others: Names of all pools.
        has_profile: Whether a profile uses it.
    """
    if pool.warm.nodes and warm_name(name) in others:
        yield Finding(
            path=(*path, "warm", "nodes"),
            message=f"the nodes that always run are called `{warm_name(name)}`, and so is "
            "another pool",
            hint=f"give the pool `{warm_name(name)}` another name",
            also=(("pools", warm_name(name)),),
        )
    if pool.warm.servers and not has_profile:
        yield Finding(
            path=(*path, "warm", "servers"),
            message="no profile uses the pool, so nothing says how large a server is",
            hint="add a profile for it, or remove `servers`",
            also=(("profiles",),),
        )
    nodes = pool.max.get("nodes")
    if pool.dedicated and nodes is not None and pool.warm.servers >= nodes:
        yield Finding(
            path=(*path, "warm", "servers"),
            message=f"`servers: {pool.warm.servers}` takes all of `max: {{nodes: {nodes}}}`, as "
            "each has a machine to itself",
            hint=f"write `max: {{nodes: {pool.warm.servers + 1}}}` or more",
            also=((*path, "max"), (*path, "dedicated")),
        )
    if pool.dedicated and pool.gpu.sharing != "none":
        yield Finding(
            path=(*path, "dedicated"),
            message=f"`sharing: {pool.gpu.sharing}` divides a GPU among users, and `dedicated` "
            "lets one in",
            hint="write `gpu: {sharing: none}`, or remove `dedicated`",
            also=((*path, "gpu"),),
        )
