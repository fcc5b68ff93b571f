"""Judge Kubernetes and its add-ons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks import versions
from jupyterhub_eks.upgrades.model import Item
from jupyterhub_eks.upgrades.numbers import is_older, minor_of
from jupyterhub_eks.upgrades.support import support_state, worst

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from jupyterhub_eks.upgrades.model import Found, State, Wanted

KUBERNETES: Final = {each.minor: each for each in versions.ALL_KUBERNETES}


def target_of(wanted: Wanted, found: Found) -> str:
    """Return the Kubernetes version to be at.

    That is the newest of the configured one, the default of this release, and what runs.
    """
    target = versions.DEFAULT_KUBERNETES
    for other in (wanted.kubernetes, found.kubernetes):
        if is_older(target, other):
            target = other
    return target


def cluster_items(wanted: Wanted, found: Found, today: date) -> Iterator[Item]:
    """Yield the control plane and the add-ons."""
    yield kubernetes_item(wanted, found, today)
    for name in sorted(found.addons):
        yield _addon(name, found)


def kubernetes_item(wanted: Wanted, found: Found, today: date) -> Item:
    """Return the judgement on the control plane."""
    used = found.kubernetes or wanted.kubernetes
    target = target_of(wanted, found)
    known = KUBERNETES.get(used)
    ends = known.standard_support_ends if known else None
    states: list[State] = [support_state(ends, today)]
    if found.is_extended and known and known.extended_support_ends:
        ends = known.extended_support_ends
        states = [support_state(ends, today)]
    if known is None and is_older(used, versions.ALL_KUBERNETES[0].minor):
        states.append("ended")
    if found.kubernetes and wanted.kubernetes and is_older(wanted.kubernetes, found.kubernetes):
        states.append("blocked")
    if is_older(used, target):
        states.append("behind")
    if known is None or known.standard_support_ends is None:
        states.append("unknown")
    return Item(
        name="Kubernetes",
        group="control-plane",
        deployed=found.kubernetes,
        configured=wanted.kubernetes,
        wanted=target,
        state=worst(states),
        support_ends=ends,
        source=known.source if known else versions.ALL_KUBERNETES[0].source,
        notes=tuple(_kubernetes_notes(wanted, found, ends, today)),
    )


def _kubernetes_notes(
    wanted: Wanted, found: Found, ends: date | None, today: date
) -> Iterator[str]:
    used = found.kubernetes or wanted.kubernetes
    if used and ends is None:
        yield f"the end of support of {used} is not known to this release"
    if support_state(ends, today) != "current" and found.kubernetes:
        if found.is_extended:
            yield "it is in extended support, which AWS charges for"
        else:
            yield (
                "jhub leaves extended support off: when standard support ends, EKS moves the "
                "control plane by itself, and the nodes stay behind"
            )
    asked = wanted.kubernetes
    if found.kubernetes and asked and is_older(asked, found.kubernetes):
        yield (
            f"`cluster.version` is {asked}, older than what runs, and jhub takes no control "
            f'plane back: write version: "{found.kubernetes}"'
        )
    elif asked and is_older(asked, versions.DEFAULT_KUBERNETES):
        yield (
            f"`cluster.version` is {asked}; the default of this release is "
            f"{versions.DEFAULT_KUBERNETES}"
        )


def _addon(name: str, found: Found) -> Item:
    deployed, newest = found.addons[name], found.offered.get(name, "")
    notes: tuple[str, ...] = ()
    state: State = "unknown"
    if newest:
        state = "behind" if is_older(deployed, newest) else "current"
    if name == "kube-proxy" and is_older(minor_of(deployed), found.kubernetes):
        state, newest = "behind", newest or found.kubernetes
        notes = (f"it is of an older minor than the control plane ({found.kubernetes})",)
    return Item(
        name=name,
        group="add-on",
        deployed=deployed,
        wanted=newest,
        state=state,
        source=versions.ADDONS_SOURCE,
        notes=notes,
    )
