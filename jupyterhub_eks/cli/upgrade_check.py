"""``jhub upgrade --check``: gather what is asked for and what is there, and judge it."""

from __future__ import annotations

import os
import platform
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.aws.cloud import AwsCloud
from jupyterhub_eks.aws.eks_versions import eks_versions
from jupyterhub_eks.aws.session import Clients
from jupyterhub_eks.cli.console.places import this_program
from jupyterhub_eks.cli.wiring import region_of, state_puller
from jupyterhub_eks.errors import DeployerError, ToolError
from jupyterhub_eks.local import supervisor
from jupyterhub_eks.orchestration.deployed_versions import deployed_versions
from jupyterhub_eks.orchestration.record import read_record
from jupyterhub_eks.tools.terraform_binary import find_terraform, terraform_version
from jupyterhub_eks.upgrades.checking import check
from jupyterhub_eks.upgrades.model import Cluster, Found, Wanted
from jupyterhub_eks.upgrades.wanted import wanted_by

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from jupyterhub_eks.cli.project import Project
    from jupyterhub_eks.upgrades.model import Check


_UNREAD: Final = (
    "the states are in S3, and this folder has no stacks to read them with: run jhub plan before, "
    "or what is deployed of the charts is not seen"
)


def check_project(project: Project, today: date) -> Check:
    """Judge a deployment; AWS is asked too, and if it does not answer, that is noted.

    Raises:
        StateError: The record or a state cannot be read.
    """
    wanted = wanted_by(project.deployment) if project.deployment else Wanted()
    in_states = deployed_versions(project.workspace, state_puller(project))
    found, notes = _with_live(project, in_states)
    machine, missing = _machine()
    cluster = Cluster(
        name=project.workspace.name,
        region=region_of(project),
        deploy=f"{this_program()} deploy{project.options}",
    )
    return check(cluster, wanted, found, machine, today, notes=(*notes, *missing))


def _with_live(project: Project, found: Found) -> tuple[Found, tuple[str, ...]]:
    """Return what is deployed, with what AWS says of it, and what there is to note."""
    if found.is_empty and not _has_shared_state(project):
        return found, ()
    unread = (_UNREAD,) if found.is_empty else ()
    try:
        env, silence = _target_env(project)
        if env is None:
            return found, (silence, *unread)
        live = eks_versions(Clients(region_of(project), env), project.workspace.name)
    except DeployerError as error:
        return found, (f"EKS was not asked: {error.message}", *unread)
    if live is None:
        gone = f"EKS has no cluster {project.workspace.name}, and Terraform's states have one"
        return found, () if found.is_empty else (gone,)
    notes = (*_drift(found, live), *unread)
    return replace(live, charts=found.charts, images=found.images), notes


def _drift(found: Found, live: Found) -> tuple[str, ...]:
    if found.kubernetes in {"", live.kubernetes}:
        return ()
    return (
        f"the control plane runs {live.kubernetes}; Terraform's state still has {found.kubernetes}",
    )


def _has_shared_state(project: Project) -> bool:
    deployment = project.deployment
    return deployment is not None and deployment.settings.state.backend != "local"


def _target_env(project: Project) -> tuple[Mapping[str, str] | None, str]:
    """Return the environment of the target, or None and why it is not asked.

    Raises:
        PreflightError: There are no credentials.
    """
    record = read_record(project.workspace.record)
    if project.target == "local":
        running = supervisor.find(project.workspace.root)
        if running is None:
            return None, "the embedded AWS does not run; going by Terraform's states"
        if record and record.instance_id not in {"", running.instance_id}:
            return None, "the embedded AWS is another one than that of the deploy; not asked"
        return running.env, ""
    account = AwsCloud(region_of(project), {}).account_id()
    if record and record.account not in {"", account}:
        return None, f"deployed in account {record.account}; that of {account} was not asked"
    return {}, ""


def _machine() -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the versions of Terraform and Python here, and what was not found."""
    python = {"Python": platform.python_version()}
    try:
        binary = find_terraform(os.environ)
        return {"Terraform": terraform_version(binary), **python}, ()
    except ToolError as error:
        return python, (f"the Terraform of this machine was not judged: {error.message}",)
