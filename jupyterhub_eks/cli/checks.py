"""The checks of a configuration that know Karpenter's definitions and Helm's charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.load import Check
from jupyterhub_eks.placement.checking import placement_findings
from jupyterhub_eks.releases.checking import node_findings
from jupyterhub_eks.releases.model import LocalChart
from jupyterhub_eks.releases.value_checking import ValuesCheck
from jupyterhub_eks.resources import data_root
from jupyterhub_eks.tools.chart_archive import packaged_chart, read_chart, read_packaged

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.rules import Finding
    from jupyterhub_eks.releases.model import ChartFacts, RemoteChart

# What decides on which machine a server starts.
_OF_PLACES: Final = frozenset({"pools", "profiles", "region", "cluster"})
PLACEMENT: Final = Check(find=placement_findings, needs=_OF_PLACES, is_by_profile=True)
# What the objects of a pool are made of.
_OF_NODES: Final = frozenset({"pools", "profiles", "defaults", "tags", "name", "network"})


# What money is asked for.
_OF_COSTS: Final = _OF_PLACES | {"budget", "network", "storage", "access", "auth"}


def _budget(deployment: Deployment) -> Iterable[Finding]:
    if deployment.settings.budget.max_hourly_usd is None:
        return ()
    from datetime import UTC, datetime  # noqa: PLC0415 - only where there is a budget

    from jupyterhub_eks.costs.checking import budget_findings  # noqa: PLC0415 - as above
    from jupyterhub_eks.costs.prices import prices_in  # noqa: PLC0415 - as above

    prices = prices_in(deployment.settings.region)
    return budget_findings(deployment, prices, datetime.now(UTC).date())


BUDGET: Final = Check(find=_budget, needs=_OF_COSTS)


def values_check(chart_dirs: Sequence[Path] = ()) -> ValuesCheck:
    """Return the check of chart values; ``chart_dirs`` are folders with packaged charts."""

    def facts_of(chart: RemoteChart | LocalChart) -> ChartFacts | None:
        if isinstance(chart, LocalChart):
            return read_chart(data_root() / chart.folder)
        archive = packaged_chart(chart, chart_dirs)
        return read_packaged(chart, archive) if archive else None

    return ValuesCheck(facts_of)


def checks_with(values: ValuesCheck) -> tuple[Check, ...]:
    """Return all checks, each after those whose findings would make its own pointless."""
    return (
        Check(find=values.own_values, needs=frozenset({"hub_values"})),
        PLACEMENT,
        BUDGET,
        Check(find=node_findings, needs=_OF_NODES),
        Check(find=values.all_values),
    )
