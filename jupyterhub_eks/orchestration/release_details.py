"""What changes inside a Helm release: its values by path, its objects by field. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.orchestration.carrying import UNREACHABLE
from jupyterhub_eks.orchestration.changes import AttributeChange, Shown, attribute_of
from jupyterhub_eks.orchestration.differences import Place
from jupyterhub_eks.orchestration.masking import Gap, Secrets
from jupyterhub_eks.orchestration.ordered import ordered_differences
from jupyterhub_eks.orchestration.secretlike import conceal, conceal_text, secrets_in
from jupyterhub_eks.orchestration.yaml_texts import UnreadableError, read_templates, read_values
from jupyterhub_eks.releases.model import chart_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterhub_eks.orchestration.object_changes import ObjectChange
    from jupyterhub_eks.orchestration.release_plans import PlannedRelease, ReleaseAction

_TEXT: Final = "text"


@dataclass(frozen=True, kw_only=True)
class ReleaseDetail:
    """What a plan does to one Helm release.

    Attributes:
        address: Address in Terraform, as the helm provider names it.
        action: ``skip``: nothing, because its chart cannot be reached.
        chart: Name of the chart.
        version_before: Version of the chart that is installed; empty: none.
        version_after: Version that will be; empty: none.
        chart_changes: Whether the chart has other content, whatever its version says.
        reason: Why it is done where no change is the reason; else empty.
        values: What changes in the values of an upgrade.
        settings: Other arguments that change, e.g. ``timeout``.
        objects: What changes in the Kubernetes objects that the chart makes.
        note: Why ``objects`` is not known; else empty.
    """

    address: str
    name: str
    namespace: str
    action: ReleaseAction
    chart: str
    version_before: str = ""
    version_after: str = ""
    chart_changes: bool = False
    reason: str = ""
    values: tuple[AttributeChange, ...] = ()
    settings: tuple[AttributeChange, ...] = ()
    objects: tuple[ObjectChange, ...] = ()
    note: str = ""


def detail_of(release: PlannedRelease, templates: Sequence[str]) -> ReleaseDetail:
    """Return what is known of a release without rendering its chart.

    Args:
        release: The release.
        templates: Its values as they stand in the stack's files, for what is not known yet.
    """
    before, after = release.before, release.after
    known = after or before
    is_upgrade = release.action == "upgrade" and before is not None and after is not None
    return ReleaseDetail(
        address=release.address,
        name=release.name,
        namespace=release.namespace,
        action=release.action,
        chart=chart_name(known.chart) if known else "",
        version_before=before.version if before and before.digest != UNREACHABLE else "",
        version_after=after.version if after else "",
        chart_changes=bool(
            is_upgrade
            and before
            and after
            and (before.digest, before.chart) != (after.digest, after.chart)
        ),
        reason=release.reason,
        values=value_changes(release, templates) if is_upgrade else (),
        settings=release.settings,
    )


def value_changes(
    release: PlannedRelease, templates: Sequence[str] = ()
) -> tuple[AttributeChange, ...]:
    """Return what changes in a release's values, what is not known yet last."""
    if release.before is None or release.after is None:
        return ()
    before, after = release.before.values, release.after.values
    if before == after:
        return ()
    if release.sensitive:
        return (_whole(Shown(state="sensitive"), Shown(state="sensitive")),)
    try:
        old = read_values(before or ())
        new = read_templates(templates) if after is None else read_values(after)
    except UnreadableError:
        return _lines(before or (), after, release.secrets)
    secrets = secrets_in((old, new), release.secrets)
    found = ordered_differences(conceal(old, secrets), conceal(new, secrets), Place(strict=True))
    changes = [attribute_of(each) for each in found]
    return tuple(sorted(changes, key=lambda each: each.after.state == "unknown"))


def secrets_of_values(release: PlannedRelease) -> Secrets:
    """Return the texts that must not be shown wherever a chart puts them.

    Raises:
        UnreadableError: The values are no YAML.
    """
    states = [state for state in (release.before, release.after) if state]
    return secrets_in((read_values(state.values or ()) for state in states), release.secrets)


def _lines(
    before: Sequence[str], after: Sequence[str] | None, secrets: Secrets
) -> tuple[AttributeChange, ...]:
    """Return texts that are no YAML as a whole; they are drawn by the line."""
    old: Any = conceal_text("\n".join(before), secrets)
    new: Any = Gap.UNKNOWN if after is None else conceal_text("\n".join(after), secrets)
    difference = Place(path=(_TEXT,), name=_TEXT).difference("changed", old, new)
    return (attribute_of(difference),)


def _whole(before: Shown, after: Shown) -> AttributeChange:
    return AttributeChange(path=(_TEXT,), name=_TEXT, kind="changed", before=before, after=after)
