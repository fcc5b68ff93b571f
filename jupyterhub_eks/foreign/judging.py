"""Findings about a server together with the machines it would start on. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.document import dotted, problem_at
from jupyterhub_eks.foreign import extended

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.foreign.placing import Placer, Surroundings, Verdict
    from jupyterhub_eks.foreign.shapes import Shape
    from jupyterhub_eks.foreign.wishes import Wish
    from jupyterhub_eks.problems import Problem, Severity

_TAINT_OF: Final = {"gpu": "nvidia.com/gpu", "neuron": "aws.amazon.com/neuron"}
# A server that has less than this share of a machine's cores cannot use its GPUs.
_LEAST_SHARE: Final = 8


def findings(
    shape: Shape, wish: Wish, verdict: Verdict, known: Surroundings, placer: Placer
) -> Iterator[Problem]:
    """Yield what is to be said of a server.

    Args:
        shape: The server.
        wish: What it asks for.
        verdict: Whether it starts.
        known: What is known of the cluster.
        placer: What gave the verdict.
    """
    if verdict.status == "never":
        yield _say(shape, f"`{shape.title}` can start nowhere: {'; '.join(verdict.reasons)}")
    if known.pools:
        yield from _not_offered(shape, wish, verdict, placer)
        yield from _shared(shape, wish, verdict, known)
    elif not wish.selection.tolerations and not wish.is_open:
        yield from _untolerated(shape, wish)
    if wish.amounts.gpu and wish.amounts.neuron:
        yield _say(shape, f"`{shape.title}` asks for GPUs and Neuron devices; no machine has both")
    if verdict.status == "starts" and (wish.amounts.gpu or wish.amounts.neuron):
        yield from _wasteful(shape, wish, verdict)
    if shape.profile.is_default and (wish.amounts.gpu or wish.amounts.neuron):
        yield _say(
            shape,
            f"the default `{shape.profile.title}` starts an accelerator for everybody who just "
            "presses Start",
            "make a CPU profile the default",
            "warning",
        )


def unoffered(wish: Wish, placer: Placer) -> tuple[str, ...]:
    """Return the devices that a server asks for and no machine of any pool has."""
    wanted = [name for name, _ in wish.others]
    wanted += [extended.GPU] if wish.amounts.gpu else []
    wanted += [extended.NEURON] if wish.amounts.neuron else []
    return tuple(name for name in wanted if extended.is_known(name) and not placer.offers(name))


def _not_offered(shape: Shape, wish: Wish, verdict: Verdict, placer: Placer) -> Iterator[Problem]:
    """Say what no pool has at all, as the reason for a verdict may be another one."""
    said = " ".join(verdict.reasons)
    for name in unoffered(wish, placer):
        if name in said:
            continue
        families = extended.mig_families(name)
        why = (
            f"no node partitions its GPUs ({', '.join(families)} could), and no NodeOverlay tells "
            "Karpenter of partitions"
            if families
            else "no machine of any pool has one"
        )
        yield _say(shape, f"no node pool offers `{name}`, which `{shape.title}` asks for: {why}")


def _shared(shape: Shape, wish: Wish, verdict: Verdict, known: Surroundings) -> Iterator[Problem]:
    plugin = known.plugin
    if plugin is None or not wish.amounts.gpu:
        return
    for pool in _pools(verdict, known.pools):
        sharing = plugin.sharing(pool.labels)
        if not plugin.runs_on(pool.labels):
            missing = ", ".join(f"`{key}: {value}`" for key, value in plugin.selector.items())
            yield _say(
                shape,
                f"nodes of the pool `{pool.name}` never offer a GPU: the device plugin runs only "
                f"on nodes with {missing}, and they lack it",
                f"add the label to the pool `{pool.name}`",
            )
        elif sharing.replicas > 1 and wish.amounts.gpu > 1:
            machine = max(
                (each for each in verdict.machines if each.pool == pool.name),
                key=lambda each: each.machine.gpu_count,
            )
            slices = machine.machine.gpu_count * sharing.replicas
            outcome = (
                "is refused"
                if sharing.refuses_more
                else (f"may be {-(-wish.amounts.gpu // sharing.replicas)} GPUs, shared with others")
            )
            yield _say(
                shape,
                f"`{shape.title}` never gets {wish.amounts.gpu} whole GPUs: in the pool "
                f"`{pool.name}` each GPU is {sharing.replicas} slices, and {wish.amounts.gpu} of "
                f"the {slices} of {machine.machine.name} {outcome}",
                "take the pool out of time-slicing, by a configuration of its own",
            )


def _pools(verdict: Verdict, pools: Sequence[NodePool]) -> Iterator[NodePool]:
    names = set(verdict.pools)
    return (pool for pool in pools if pool.name in names)


def _untolerated(shape: Shape, wish: Wish) -> Iterator[Problem]:
    for kind, taint in _TAINT_OF.items():
        if getattr(wish.amounts, kind):
            yield _say(
                shape,
                f"`{shape.title}` asks for `{taint}` and tolerates no taint; such nodes often have "
                "one, so that nothing else settles there",
                f"add `tolerations: [{{key: {taint}, operator: Exists, effect: NoSchedule}}]`",
                "warning",
            )


def _wasteful(shape: Shape, wish: Wish, verdict: Verdict) -> Iterator[Problem]:
    machines = verdict.machines
    kind = "gpu" if wish.amounts.gpu else "neuron"
    wanted = wish.amounts.gpu or wish.amounts.neuron
    counts = {
        each.machine.name: each.machine.gpu_count if kind == "gpu" else each.machine.neuron_devices
        for each in machines
    }
    least, most = min(counts.values()), max(counts.values())
    thing = "GPUs" if kind == "gpu" else "Neuron devices"
    if least > wanted:
        yield _say(
            shape,
            f"`{shape.title}` asks for {wanted} of the {least} {thing} of "
            f"{min(counts, key=lambda name: counts[name])}, the smallest machine that it can have",
            "name a smaller machine",
            "warning",
        )
    elif most > wanted and most > least:
        yield _say(
            shape,
            f"`{shape.title}` asks for {wanted}, and machines with up to {most} {thing} may be "
            f"started for it, e.g. {max(counts, key=lambda name: counts[name])}",
            "narrow the pool or the selector to the machines that are meant",
            "warning",
        )
    limit = dict(wish.limits).get(extended.CPU)
    if (
        limit
        and wanted > 1
        and all(limit * _LEAST_SHARE < each.machine.allocatable_cpu_m for each in machines)
        and least == wanted
    ):
        smallest = machines[0].machine
        yield _say(
            shape,
            f"`{shape.title}` fills {smallest.name}, and may use {limit / 1000:g} of its "
            f"{smallest.vcpu} cores",
            "raise the limits; the rest of the machine is paid for and idle",
            "warning",
        )


def _say(shape: Shape, message: str, hint: str = "", severity: Severity = "error") -> Problem:
    profile = shape.profile
    return problem_at(profile.place, dotted(profile.path), message, hint, severity)
