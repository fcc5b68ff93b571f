"""What of a run on this machine was real, and what was stood in for."""

from __future__ import annotations

import os
import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.cli.chart_places import remote_charts
from jupyterhub_eks.cli.console.reality import Fact
from jupyterhub_eks.cli.kept_reality import completed, not_installed, read_reality
from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.orchestration.record import read_record
from jupyterhub_eks.orchestration.status import status
from jupyterhub_eks.releases.render import all_releases
from jupyterhub_eks.tools.helm_binary import find_helm, helm_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from jupyterhub_eks.cli.kubernetes import Reached
    from jupyterhub_eks.cli.project import Project
    from jupyterhub_eks.cli.wiring import Connection
    from jupyterhub_eks.config.access import AccessConfig
    from jupyterhub_eks.releases.model import RemoteChart

# The stack that looks for the load balancer.
_DNS: Final = "dns"


def reality_of(
    project: Project, connection: Connection, outputs: Mapping[str, Mapping[str, Any]]
) -> tuple[Fact, ...]:
    """Return, part by part, what of a run on the embedded AWS was real.

    Args:
        project: The deployment.
        connection: How its target was reached.
        outputs: Outputs of the stacks that were deployed, by stack.

    What this run has left alone is as the run before has found it.
    """
    return completed(
        _found(project, connection, outputs),
        read_reality(project.workspace),
        seen=_seen(connection.reached, outputs),
        wanted=_wanted(project),
    )


def _found(
    project: Project, connection: Connection, outputs: Mapping[str, Mapping[str, Any]]
) -> tuple[Fact, ...]:
    context = connection.context
    endpoint = connection.endpoint.removeprefix("http://")
    return (
        Fact("real", f"Terraform {context.terraform.version()}"),
        Fact("real", f"the AWS provider {provider_version(context.workspace.terraform)}"),
        Fact("real", "the synthesized files: the same bytes as for AWS"),
        *_real_cluster(connection.reached),
        Fact("stood in for", f"the AWS API, by ministack {version('ministack')} on {endpoint}"),
        *_zone(project),
        *_stand_ins(connection.reached),
        *_missing_charts(project, connection.reached),
        *load_balancer_facts(_access(project), outputs),
    )


def _real_cluster(reached: Reached) -> Iterator[Fact]:
    if reached.context:
        yield Fact("real", f"the Kubernetes cluster of context {reached.context}")
    elif reached.plane is not None:
        yield Fact(
            "real",
            f"Kubernetes {reached.plane.version}: etcd, API server, controllers, scheduler",
        )
    else:
        return
    try:
        yield Fact("real", f"Helm {helm_version(find_helm(os.environ))}")
    except ToolError as error:
        yield Fact("missing", f"Helm: {error.cause or error.message}")


def _access(project: Project) -> AccessConfig | None:
    return project.loaded.deployment.settings.access if project.loaded else None


def _zone(project: Project) -> Iterator[Fact]:
    access = _access(project)
    if access and access.hosted_zone:
        yield Fact(
            "stood in for",
            f"your hosted zone {access.hosted_zone}, by one made in the embedded AWS",
        )


def _seen(reached: Reached, outputs: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """Return the charts and stacks that a run has looked at."""
    charts = reached.charts.asked_for if reached.charts else ()
    return frozenset({*outputs, *map(chart_name, charts)})


def _wanted(project: Project) -> frozenset[str]:
    """Return the charts and stacks that a deployment is made of."""
    releases = all_releases(project.require())
    record = read_record(project.workspace.record)
    return frozenset(
        {*map(chart_name, remote_charts(releases)), *(record.deployed if record else ())}
    )


def chart_name(chart: RemoteChart) -> str:
    """Return how a chart is named in what is said of it."""
    return f"{chart.name} {chart.version}"


def load_balancer_facts(
    access: AccessConfig | None, outputs: Mapping[str, Mapping[str, Any]]
) -> Iterator[Fact]:
    """Yield what became of the hub's load balancer, where it is to have one.

    Stack ``dns`` has looked for it after the hub was up.
    """
    if access is None or access.effective_visibility == "port-forward" or _DNS not in outputs:
        return
    what = f"the hub's load balancer ({access.load_balancer}, {access.effective_visibility})"
    if name := outputs[_DNS].get("load_balancer"):
        yield Fact("stood in for", f"{what}, by {name} in the embedded AWS", _DNS)
        return
    record = f" and the record of {access.domain}" if access.hosted_zone else ""
    yield Fact(
        "not there",
        f"{what}{record}: the controller that makes it does not run here, so nothing "
        f"answers on {access.domain}",
        _DNS,
    )


def _stand_ins(reached: Reached) -> Iterator[Fact]:
    if reached.plane is not None:
        yield Fact(
            "stood in for", "the nodes and all that runs on them, by kwok: no pod really runs"
        )
        yield Fact("stood in for", "the EBS volume of the hub's database, by one without a disk")
    if reached.kubernetes.carries:
        yield Fact(
            "stood in for", "Terraform's helm provider, by terraform_data resources that call Helm"
        )
    for chart in reached.charts.stood_in if reached.charts else ():
        yield Fact(
            "stood in for",
            f"the chart {chart_name(chart)}, by the definitions in Karpenter's Go module",
            chart_name(chart),
        )


def _missing_charts(project: Project, reached: Reached) -> Iterator[Fact]:
    """Yield the charts that this run could not reach, or one before of what this left alone."""
    now = reached.charts.out_of_reach if reached.charts else ()
    before = (name for each in status(project.workspace).stacks for name in each.not_installed)
    yield from not_installed((*map(chart_name, now), *before))


def provider_version(folder: Path) -> str:
    """Return the version of the AWS provider in the lock files below ``folder``."""
    for lock in sorted(folder.glob("stacks/*/.terraform.lock.hcl")):
        found = re.search(
            r'provider "[^"]*/hashicorp/aws" \{\s*version\s*=\s*"([^"]+)"', lock.read_text("utf-8")
        )
        if found:
            return found.group(1)
    return "(version unknown)"
