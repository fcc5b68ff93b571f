"""Findings about a server together with the machines it would start on. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.document import dotted, problem_at
from jupyterhub_eks.foreign import extended
from jupyterhub_eks.foreign.obstacles import NO_OVERLAY, how_to_partition
from jupyterhub_eks.foreign.plugins import CONFIG_LABEL
from jupyterhub_eks.foreign.selecting import holds, of_machine
from jupyterhub_eks.foreign.sharing import pool_faults
from jupyterhub_eks.placement.labels import machine_labels
from jupyterhub_eks.placement.resources import GIB

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.foreign.placing import Placer
    from jupyterhub_eks.foreign.shapes import Shape
    from jupyterhub_eks.foreign.sharing import PoolFault
    from jupyterhub_eks.foreign.verdicts import Fit, Surroundings, Verdict
    from jupyterhub_eks.foreign.wishes import Wish
    from jupyterhub_eks.instances.model import InstanceType
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
        why = "; ".join(verdict.reasons)
        yield _say(shape, f"`{shape.title}` can start nowhere: {why}", verdict.hint)
    if known.pools:
        yield from _not_offered(shape, wish, verdict, known, placer)
        yield from (_shared(shape, wish, each) for each in pool_faults(wish, verdict, known))
    elif not wish.selection.tolerations and not wish.is_open:
        yield from _untolerated(shape, wish)
    if wish.amounts.gpu and wish.amounts.neuron:
        yield _say(shape, f"`{shape.title}` asks for GPUs and Neuron devices; no machine has both")
    if verdict.status == "starts" and (wish.amounts.gpu or wish.amounts.neuron):
        yield from _wasteful(shape, wish, verdict, placer)
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


def _not_offered(
    shape: Shape, wish: Wish, verdict: Verdict, known: Surroundings, placer: Placer
) -> Iterator[Problem]:
    """Say what no pool has at all, as the reason for a verdict may be another one."""
    said = " ".join(verdict.reasons)
    for name in unoffered(wish, placer):
        if name in said:
            continue
        families = extended.mig_families(name)
        why = _unpartitioned(families, known) if families else "no machine of any pool has one"
        yield _say(
            shape,
            f"no node pool offers `{name}`, which `{shape.title}` asks for: {why}",
            how_to_partition(name) if families else "",
        )


def _unpartitioned(families: Sequence[str], known: Surroundings) -> str:
    """Return why no node has partitions: nothing makes them, shows them, or tells of them."""
    configs = known.plugin.configs if known.plugin else {}
    selected = {pool.labels.get(CONFIG_LABEL) for pool in known.pools}
    unused = [n for n, each in configs.items() if each.mig != "none" and n not in selected]
    shown = (
        f", no pool has the label `{CONFIG_LABEL}: {unused[0]}` that selects the device plugin's "
        "configuration for MIG,"
        if unused and known.plugin and known.plugin.default not in unused
        else ","
    )
    return f"no node partitions its GPUs ({', '.join(families)} could){shown} and {NO_OVERLAY}"


def _shared(shape: Shape, wish: Wish, fault: PoolFault) -> Problem:
    if fault.why == "absent":
        return _say(
            shape,
            f"nodes of the pool `{fault.pool}` never offer a GPU: the device plugin runs only on "
            f"nodes with {', '.join(fault.missing)}, and they lack it",
            f"add the label to the pool `{fault.pool}`",
        )
    wanted, replicas = wish.amounts.gpu, fault.sharing.replicas
    machine = fault.largest.machine
    outcome = (
        "is refused (`failRequestsGreaterThanOne`)"
        if fault.is_fatal
        else f"may be {-(-wanted // replicas)} GPUs, shared with others"
    )
    return _say(
        shape,
        f"`{shape.title}` never gets {wanted} whole GPUs: in the pool `{fault.pool}` each GPU is "
        f"{replicas} slices, and {wanted} of the {machine.gpu_count * replicas} of {machine.name} "
        f"{outcome}",
        f"give the pool `{fault.pool}` the label `{CONFIG_LABEL}: whole`, and the device plugin's "
        "`config.map` an entry `whole` without `sharing`",
    )


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


def _wasteful(shape: Shape, wish: Wish, verdict: Verdict, placer: Placer) -> Iterator[Problem]:
    machines = verdict.machines
    kind = "gpu" if wish.amounts.gpu else "neuron"
    wanted = wish.amounts.gpu or wish.amounts.neuron
    counts = {
        each.machine.name: each.machine.gpu_count if kind == "gpu" else each.machine.neuron_devices
        for each in machines
    }
    least, most = min(counts.values()), max(counts.values())
    thing = "GPUs" if kind == "gpu" else "Neuron devices"
    smallest = min(machines, key=lambda each: counts[each.machine.name])
    if least > wanted:
        yield _say(
            shape,
            f"`{shape.title}` asks for {wanted} of the {least} {thing} of "
            f"{smallest.machine.name}, the smallest machine that it can have",
            _instead(wish, smallest, placer.with_fewer(wish, smallest)),
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
        filled = machines[0].machine
        memory = dict(wish.limits).get(extended.MEMORY)
        more = (
            f" and {memory / GIB:.4g} of its {filled.memory_mib / 1024:.4g} GiB" if memory else ""
        )
        yield _say(
            shape,
            f"`{shape.title}` fills {filled.name}, and may use {limit / 1000:g} of its "
            f"{filled.vcpu} cores{more}",
            "raise the limits; the rest of the machine is paid for and idle",
            "warning",
        )


def _instead(wish: Wish, fit: Fit, others: Sequence[InstanceType]) -> str:
    """Return how a server comes to a machine with fewer devices than its smallest one."""
    if not others:
        return "name a machine with fewer, unless others use the rest at the same time"
    names = " or ".join(f"`{each.name}`" for each in others)
    if not fit.pool:
        return f"select {names}"
    first = machine_labels(others[0])
    is_selected = any(
        all(holds(each, first) for each in wanted if of_machine(each.key))
        for wanted in wish.selection.alternatives
    )
    selecting = "" if is_selected else ", and select it"
    return f"add {names} to the pool `{fit.pool}`{selecting}"


def _say(shape: Shape, message: str, hint: str = "", severity: Severity = "error") -> Problem:
    profile = shape.profile
    return problem_at(profile.place, dotted(profile.path), message, hint, severity)
