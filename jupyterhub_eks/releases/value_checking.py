"""Hold the values of releases against the schemas of their charts, before any API call. Pure.

The schema of JupyterHub's chart is always there: that of the chart itself, or the one that
comes with the package. Those of other charts are heeded where the chart is at hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.coalescing import coalesce
from jupyterhub_eks.config.rules.finding import Finding
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.releases import catalog
from jupyterhub_eks.releases.carried_schema import carried_facts
from jupyterhub_eks.releases.render import all_releases
from jupyterhub_eks.releases.schema_faults import UnknownKeywordError
from jupyterhub_eks.releases.values_schema import faults
from jupyterhub_eks.releases.z2jh.secret_size import secret_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.problems import Problem
    from jupyterhub_eks.releases.model import ChartFacts, LocalChart, Release, RemoteChart
    from jupyterhub_eks.releases.schema_faults import Fault

_USERS: Final = "hub_values"
_SMALLER: Final = "make the largest of them smaller: a smaller logo, shorter texts, fewer profiles"
_REFERENCE: Final = "the chart's configuration reference lists its keys"


def _nowhere(_: RemoteChart | LocalChart) -> ChartFacts | None:
    return None


@dataclass
class ValuesCheck:
    """Checks the values of a deployment; remembers what it could not check.

    Attributes:
        facts_of: Tells what a chart at hand says about its values.
        carried: Tells what the package knows of JupyterHub's chart.
        unchecked: Why the values of a chart were not checked, by the chart's name.
        checked: Against what they were, by the chart's name.
    """

    facts_of: Callable[[RemoteChart | LocalChart], ChartFacts | None] = _nowhere
    carried: Callable[[RemoteChart], ChartFacts | None] = carried_facts
    unchecked: dict[str, str] = field(default_factory=dict)
    checked: dict[str, str] = field(default_factory=dict)

    def own_values(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield what JupyterHub's chart would refuse of ``hub_values`` whatever else is given."""
        given = deployment.settings.hub_values
        if given:
            for fault in self._faults(catalog.JUPYTERHUB, given):
                if not fault.whole:
                    yield _in_hub_values(fault)

    def all_values(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield what charts would refuse of all values, or why there can be none."""
        try:
            releases = all_releases(deployment)
        except ConfigError as error:
            yield from map(_finding, error.problems)
            return
        for release in releases:
            for fault in self._faults(release.chart, release.values):
                own = release.chart == catalog.JUPYTERHUB and _is_written(deployment, fault)
                yield _in_hub_values(fault) if own else _in_release(release, fault)
            if release.chart == catalog.JUPYTERHUB and (fault_text := secret_fault(release.values)):
                yield Finding(path=(), message=fault_text, hint=_SMALLER)

    def _faults(self, chart: RemoteChart | LocalChart, given: Mapping[str, Any]) -> list[Fault]:
        facts = self.facts_of(chart)
        if facts is None and chart == catalog.JUPYTERHUB:
            facts = self.carried(catalog.JUPYTERHUB)
        if facts is None:
            self.unchecked[chart.name] = "no schema: the chart is not at hand"
            return []
        if facts.schema is None:
            self.unchecked[chart.name] = "no schema: the chart has none"
            return []
        try:
            found = faults(facts.schema, coalesce(facts.values, given))
        except UnknownKeywordError as error:
            self.unchecked[chart.name] = f"its schema uses `{error}`, which is left to Helm"
            return []
        self.checked[chart.name] = facts.origin
        return found


def _finding(problem: Problem) -> Finding:
    path = tuple(problem.path.split(".")) if problem.path else ()
    return Finding(path=path, message=problem.message, hint=problem.hint)


def _in_hub_values(fault: Fault) -> Finding:
    return Finding(
        path=(_USERS, *fault.path),
        message=fault.message,
        hint=fault.hint or (_REFERENCE if fault.at_key else ""),
        at_key=fault.at_key,
    )


def _in_release(release: Release, fault: Fault) -> Finding:
    return Finding(
        path=(),
        message=f"chart {release.chart.name} would refuse its values: {fault.text}",
        hint="it is made from the configuration: change the key that it comes from",
    )


def _is_written(deployment: Deployment, fault: Fault) -> bool:
    """Return whether ``hub_values`` hold what a fault is about."""
    found: Any = deployment.settings.hub_values
    for key in fault.path[:-1] if fault.whole and fault.at_key else fault.path:
        if not isinstance(found, dict) or key not in found:
            return isinstance(found, list)
        found = found[key]
    return True
