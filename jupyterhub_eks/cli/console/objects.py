"""What was held against Kubernetes, and what was not, in one line each and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterhub_eks.releases.object_checking import ObjectCheck


def draw_held(check: ObjectCheck) -> Iterator[Text]:
    """Yield how many objects were held against which version, and what was not."""
    objects = "1 object is" if check.held == 1 else f"{check.held} objects are"
    yield Text(f"{objects} as Kubernetes {check.definitions.minor} takes them", "green")
    if check.unheld or check.unmade:
        yield Text(draw_unheld(check), "yellow")


def draw_unheld(check: ObjectCheck) -> str:
    """Return what was not held against Kubernetes, and why."""
    kinds = [f"{count} {kind} (no schema of it here)" for kind, count in _kinds(check)]
    by_reason: dict[str, list[str]] = {}
    for release, reason in check.unmade.items():
        by_reason.setdefault(reason, []).append(release)
    releases = [f"{', '.join(names)} ({why})" for why, names in by_reason.items()]
    parts = "; ".join([*kinds, *releases])
    return f"not held against Kubernetes {check.definitions.minor}: {parts}"


def held_document(check: ObjectCheck) -> dict[str, Any]:
    """Return the same for ``--json``."""
    return {
        "kubernetes": check.definitions.minor,
        "held": check.held,
        "not_held": dict(_kinds(check)),
        "not_rendered": dict(check.unmade),
    }


def _kinds(check: ObjectCheck) -> Iterable[tuple[str, int]]:
    return sorted(check.unheld.items())
