"""Read what a plan does to Helm releases, whoever carries them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from jupyterhub_eks.orchestration.carrying import (
    CARRIER_TYPE,
    CONTENT,
    RELEASE_TYPE,
    RELEASE_TYPES,
    UNREACHABLE,
    content_of,
)
from jupyterhub_eks.orchestration.changes import REASONS, AttributeChange, changes_of, secrets_of
from jupyterhub_eks.orchestration.masking import Secrets, has_mark, marks_of
from jupyterhub_eks.orchestration.release_folding import release_actions
from jupyterhub_eks.releases.model import chart_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.orchestration.release_folding import Actions

ReleaseAction = Literal["install", "upgrade", "uninstall", "reinstall", "skip"]
# Nobody but ``lost_releases`` asks for a replacement.
_LOST: Final = "replace_by_request"
# What a release is made of, or what the provider only reports.
_TOLD_ELSEWHERE: Final = frozenset(
    {
        "values",
        "chart",
        "version",
        "repository",
        "metadata",
        "manifest",
        "resources",
        "status",
        "id",
    }
)


@dataclass(frozen=True, kw_only=True)
class ReleaseState:
    """A release before or after.

    Attributes:
        chart: Name of the chart, or its path relative to the stack.
        version: Version of the chart.
        digest: SHA-256 of the chart where it is known; or ``carrying.UNREACHABLE``.
        values: YAML texts, the later ones laid over; ``None``: the apply tells.
    """

    chart: str
    version: str
    digest: str
    values: tuple[str, ...] | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class PlannedRelease:
    """One release of a plan to which something happens.

    Attributes:
        id: Construct id; the name of the Terraform resource.
        before: ``None``: it is not there.
        after: ``None``: it will be gone.
        sensitive: Whether Terraform marks its values.
        settings: Other arguments that change, e.g. ``timeout``.
        secrets: Texts to hide that are marked elsewhere in the plan.
    """

    id: str
    name: str
    namespace: str
    action: ReleaseAction
    before: ReleaseState | None
    after: ReleaseState | None
    reason: str = ""
    sensitive: bool = False
    settings: tuple[AttributeChange, ...] = ()
    secrets: Secrets = field(default_factory=Secrets, repr=False)

    @property
    def address(self) -> str:
        """The address that the helm provider gives it."""
        return f"{RELEASE_TYPE}.{self.id}"


def releases_in(plan: Mapping[str, Any]) -> Iterator[PlannedRelease]:
    """Yield each release that is installed, upgraded or uninstalled.

    Args:
        plan: Content of ``terraform show -json``; see ``changes.read_plan``.
    """
    secrets = secrets_of(dict(plan))
    resources = {
        each["address"]: each for each in plan["resource_changes"] if each["type"] in RELEASE_TYPES
    }
    done: set[str] = set()
    for address in resources:
        stem = address.removesuffix(CONTENT)
        if stem in done:
            continue
        done.add(stem)
        reader = _Carried if address.startswith(f"{CARRIER_TYPE}.") else _Provided
        release = reader(resources, stem, secrets).read()
        if release:
            yield release


@dataclass(frozen=True)
class _Provided:
    """A release of the helm provider."""

    resources: Mapping[str, dict[str, Any]]
    address: str
    secrets: Secrets

    def read(self) -> PlannedRelease | None:
        resource = self.resources[self.address]
        change = resource["change"]
        actions = tuple(change["actions"])
        before, after = self._state(change, "before"), self._state(change, "after")
        if actions in {("no-op",), ("read",)} or not (before or after):
            return None
        arguments = change.get("after") or change["before"]
        return PlannedRelease(
            id=self.address.partition(".")[2],
            name=str(arguments["name"]),
            namespace=str(arguments.get("namespace") or "default"),
            action=_action(actions, before, after),
            before=before,
            after=after,
            reason=_reason(resource),
            sensitive=has_mark((marks_of(change) or {}).get("values")),
            settings=_settings(resource, self.secrets) if before and after else (),
            secrets=self.secrets,
        )

    @staticmethod
    def _state(change: dict[str, Any], side: str) -> ReleaseState | None:
        arguments = change.get(side)
        if not arguments:
            return None
        unknown = (change.get("after_unknown") or {}) if side == "after" else {}
        values = None if has_mark(unknown.get("values")) else tuple(arguments.get("values") or ())
        chart, version = str(arguments.get("chart", "")), str(arguments.get("version") or "")
        return ReleaseState(
            # Packaged or from its repository, it is the same chart.
            chart=chart if chart.startswith("./") else chart_name(chart, version),
            version=version,
            digest="",
            values=values,
        )


@dataclass(frozen=True)
class _Carried:
    """A release of two ``terraform_data`` resources; see ``carrying``."""

    resources: Mapping[str, dict[str, Any]]
    address: str
    secrets: Secrets

    def read(self) -> PlannedRelease | None:
        nothing: dict[str, Any] = {"change": {"actions": ["no-op"]}}
        release = self.resources.get(self.address, nothing)
        content = self.resources.get(self.address + CONTENT, nothing)
        own, changes = release["change"], content["change"]
        actions = release_actions(_done(own), _done(changes))
        before, after = self._state(changes, "before"), self._state(changes, "after")
        if not actions:
            return None
        if content.get("action_reason") == _LOST:
            before = None
        identity = (own.get("after") or own.get("before") or {}).get("input") or {}
        marks = marks_of(changes) or {}
        return PlannedRelease(
            id=self.address.partition(".")[2],
            name=str(identity.get("name") or self.address.partition(".")[2]),
            namespace=str(identity.get("namespace") or "default"),
            action=_action(actions, before, after),
            before=before,
            after=after,
            reason=_reason(content) or _reason(release),
            sensitive=marks is True or has_mark(marks.get("triggers_replace")),
            settings=tuple(self._settings(release, content)),
            secrets=self.secrets,
        )

    @staticmethod
    def _state(change: dict[str, Any], side: str) -> ReleaseState | None:
        seen = (change.get(side) or {}).get("triggers_replace")
        if not isinstance(seen, dict):
            return None
        unknown = (change.get("after_unknown") or {}) if side == "after" else {}
        content = content_of(seen)
        is_unknown = has_mark(unknown.get("triggers_replace"))
        return ReleaseState(
            chart=content.chart,
            version=content.version,
            digest=content.digest,
            values=None if is_unknown else content.values,
        )

    def _settings(
        self, release: dict[str, Any], content: dict[str, Any]
    ) -> Iterator[AttributeChange]:
        if "update" in _done(release["change"]):
            for each in changes_of(release, self.secrets):
                if each.path[:1] == ("input",):
                    yield _renamed(each, "input.")
        if "create" in _done(content["change"]) and "delete" in _done(content["change"]):
            for each in changes_of(content, self.secrets):
                if each.path == ("triggers_replace", "skip_crds"):
                    yield _renamed(each, "triggers_replace.")


def _renamed(change: AttributeChange, prefix: str) -> AttributeChange:
    return AttributeChange(
        path=change.path[1:],
        name=change.name.removeprefix(prefix),
        kind=change.kind,
        before=change.before,
        after=change.after,
    )


def _done(change: dict[str, Any]) -> Actions:
    actions = tuple(change.get("actions", ()))
    return () if actions in {("no-op",), ("read",)} else actions


def _reason(resource: dict[str, Any]) -> str:
    reason = resource.get("action_reason", "")
    if reason == "replace_because_tainted":
        return "its last installation was cut short"
    if reason == _LOST:
        return "it is no longer in the cluster"
    return REASONS.get(reason, "")


def _settings(resource: dict[str, Any], secrets: Secrets) -> tuple[AttributeChange, ...]:
    return tuple(
        each
        for each in changes_of(resource, secrets)
        if each.path[0] not in _TOLD_ELSEWHERE and each.after.state != "unknown"
    )


def _action(
    actions: Actions, before: ReleaseState | None, after: ReleaseState | None
) -> ReleaseAction:
    if "create" not in actions and "delete" in actions:
        return "uninstall"
    if after and after.digest == UNREACHABLE:
        return "skip"
    is_new = (before.digest == UNREACHABLE) if before else after is not None
    if actions == ("create",) or is_new:
        return "install"
    return "upgrade" if actions == ("update",) else "reinstall"
