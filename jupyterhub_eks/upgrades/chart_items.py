"""Judge Helm charts, machine images of user nodes, and the tools of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks import versions
from jupyterhub_eks.releases import catalog
from jupyterhub_eks.upgrades.cluster_items import KUBERNETES, target_of
from jupyterhub_eks.upgrades.model import Item
from jupyterhub_eks.upgrades.numbers import is_older, minor_of
from jupyterhub_eks.upgrades.support import end_of_minor, support_state, worst
from jupyterhub_eks.upgrades.wanted import PINNED_CHARTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from jupyterhub_eks.upgrades.model import Found, State, Wanted

_KARPENTER = frozenset({catalog.KARPENTER.name, catalog.KARPENTER_CRDS.name})


def chart_items(wanted: Wanted, found: Found, today: date) -> Iterator[Item]:
    """Yield the charts that are deployed or asked for, in the order of the pins."""
    target = target_of(wanted, found)
    for name, pinned in PINNED_CHARTS.items():
        if name not in wanted.charts and name not in found.charts:
            continue
        deployed = found.charts.get(name, "")
        states, ends, notes = _judge_chart(name, deployed or pinned, target, today)
        is_configured = name in wanted.charts or not wanted.kubernetes
        if not is_configured:
            notes = (*notes, "it is not configured any more: the next deploy removes it")
        elif deployed and is_older(deployed, pinned):
            states.append("behind")
        if deployed and is_older(pinned, deployed):
            states.append("blocked")
            notes = (*notes, "newer than the pin: a newer jhub has deployed it")
        yield Item(
            name=name,
            group="chart",
            deployed=deployed,
            wanted=pinned if is_configured else "",
            state=worst(states),
            support_ends=ends,
            source=versions.CHART_SOURCES[catalog.KARPENTER.name if name in _KARPENTER else name],
            notes=notes,
        )


def _judge_chart(
    name: str, used: str, target: str, today: date
) -> tuple[list[State], date | None, tuple[str, ...]]:
    if name in _KARPENTER:
        return _judge_karpenter(used, target, today, tell=name == catalog.KARPENTER.name)
    if name == catalog.JUPYTERHUB.name:
        return _judge_hub(used)
    return ["current"], None, ()


def _judge_karpenter(
    used: str, target: str, today: date, *, tell: bool
) -> tuple[list[State], date | None, tuple[str, ...]]:
    ends = end_of_minor(versions.KARPENTER_SUPPORT, used)
    states: list[State] = [support_state(ends, today)]
    notes: list[str] = []
    if ends is None and is_older(minor_of(used), minor_of(versions.KARPENTER)):
        states.append("ended")
        notes.append(f"{minor_of(used)} has no long-term support, and its successor is there")
    known = KUBERNETES.get(target)
    if known and not known.karpenter:
        states.append("unknown")
        notes.append(f"Karpenter's makers do not list Kubernetes {target} yet")
    elif known and is_older(used, known.karpenter):
        notes.append(f"Kubernetes {target} needs {known.karpenter} or newer")
    return states, ends, tuple(notes) if tell else ()


def _judge_hub(used: str) -> tuple[list[State], date | None, tuple[str, ...]]:
    missing = [each for each in versions.JUPYTERHUB_SECURITY if is_older(used, each.version)]
    notes = [f"{each.version} of {each.released} fixes {', '.join(each.fixes)}" for each in missing]
    notes += [
        f"{', '.join(each.fixes)}, fixed in JupyterHub {each.version}, in no chart yet: of concern "
        f"to {each.concerns}"
        for each in versions.JUPYTERHUB_OPEN
    ]
    return ["insecure" if missing else "current"], None, tuple(notes)


def image_items(wanted: Wanted, found: Found, today: date) -> Iterator[Item]:
    """Yield the machine images of user nodes."""
    for name, pinned in versions.IMAGES.items():
        if name not in wanted.images and name not in found.images:
            continue
        deployed = found.images.get(name, "")
        ends = versions.IMAGE_SUPPORT_ENDS[name]
        states = [support_state(ends, today)]
        if deployed and is_older(deployed, pinned):
            states.append("behind")
        yield Item(
            name=f"user nodes {name}",
            group="image",
            deployed=deployed,
            wanted=pinned,
            state=worst(states),
            support_ends=ends,
            source=versions.IMAGE_SOURCES[name],
        )


def machine_items(machine: Mapping[str, str], today: date) -> Iterator[Item]:
    """Yield Terraform and Python of this machine, as far as they were found."""
    for name, support in (
        ("Terraform", versions.TERRAFORM_SUPPORT),
        ("Python", versions.PYTHON_SUPPORT),
    ):
        if name not in machine:
            continue
        used = machine[name]
        ends = end_of_minor(support, used)
        states = [support_state(ends, today)]
        if ends is None:
            newest = max(support.minors, key=lambda minor: int(minor.split(".")[1]))
            states.append("unknown" if is_older(newest, minor_of(used)) else "ended")
        yield Item(
            name=name,
            group="machine",
            deployed=used,
            wanted="",
            state=worst(states),
            support_ends=ends,
            source=support.source,
        )
