"""The composition root: puts the real Terraform, cloud and synthesis behind the use cases."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from jupyterhub_eks.aws.cloud import AwsCloud
from jupyterhub_eks.aws.zones import ensure_zone
from jupyterhub_eks.cli.kubernetes import Reached, Wanted, reach
from jupyterhub_eks.cli.options import ClusterOptions
from jupyterhub_eks.cli.secret_reader import RealSecrets, nobody
from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.errors import StateError
from jupyterhub_eks.local import supervisor
from jupyterhub_eks.orchestration import lock
from jupyterhub_eks.orchestration.context import Context
from jupyterhub_eks.orchestration.record import read_record
from jupyterhub_eks.orchestration.reports import StackNode
from jupyterhub_eks.ports import StackRun, Target
from jupyterhub_eks.tools.process import ProcessRunner
from jupyterhub_eks.tools.provider_errors import explain_init_failure
from jupyterhub_eks.tools.providers import provider_environment
from jupyterhub_eks.tools.terraform import TerraformCommand, ignored_variables
from jupyterhub_eks.tools.terraform_binary import find_terraform
from jupyterhub_eks.workspace import make_private

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.cli.project import Project
    from jupyterhub_eks.cli.running import Run
    from jupyterhub_eks.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A deployment connected to its target.

    Attributes:
        context: What the use cases work with.
        endpoint: Address of the embedded AWS; empty on AWS.
        account: Account id of the credentials; empty on the embedded AWS.
        region: Region of the deployment.
        reached: The Kubernetes half.
    """

    context: Context
    endpoint: str = ""
    account: str = ""
    region: str
    reached: Reached

    @property
    def where(self) -> str:
        """The target in words."""
        if self.account:
            return f"AWS account {self.account} in {self.region}"
        return f"the embedded AWS on {self.endpoint.removeprefix('http://')}"


def connect(
    project: Project,
    run: Run,
    screen: Screen,
    command: str,
    *,
    parallelism: int,
    cluster: ClusterOptions | None = None,
    asks: bool = False,
) -> Connection:
    """Reach the target of a project and say in one line what happens where.

    ``asks``: somebody may be asked for a secret that is nowhere to be found.

    Raises:
        LockedError: Another command works on the deployment.
        PreflightError: There are no usable AWS credentials.
        LocalAwsError: The embedded AWS does not start.
        LocalClusterError: The Kubernetes of this machine does not start.
        ToolError: Terraform or the AWS provider cannot be found.
    """
    lock.refuse_if_held(project.workspace.lock)
    screen.notes(*project.notes, *_warnings(project), *_ignored())
    _make_private(project.workspace.root)
    target, endpoint = reach_target(project)
    region = region_of(project)
    cloud = AwsCloud(region, target.env)
    account = "" if endpoint else cloud.account_id()
    _stand_in_for_zone(project, target, region)
    environ = _environment(project.workspace)
    terraform = str(find_terraform(os.environ))
    asked = cluster or ClusterOptions()
    reached = reach(
        Wanted(
            workspace=project.workspace,
            target=target,
            region=region,
            creates=command == "deploy",
            context=asked.kube_context or "",
            chart_folders=tuple(asked.chart_dir or ()),
            terraform=terraform,
            environ=environ,
            tell=screen.notes,
            check=run.interrupt.check,
        )
    )
    context = Context(
        workspace=project.workspace,
        target=target,
        terraform=_terraform(terraform, environ | reached.variables),
        cloud=cloud,
        synthesize=synthesize_stacks,
        emit=run.emit,
        parallelism=parallelism,
        sources=project.resolved.to_record(),
        interrupt=run.interrupt,
        kubernetes=reached.kubernetes,
        secrets=RealSecrets(
            environ=os.environ,
            target=target,
            region=region,
            prompt=run.ask_secret if asks and screen.terminal.interactive else nobody,
        ),
    )
    connection = Connection(
        context=context, endpoint=endpoint, account=account, region=region, reached=reached
    )
    name = project.workspace.name
    screen.info(
        Text.assemble(
            (f"{command} {name}", "bold"),
            (f" {screen.terminal.glyphs.separator} {connection.where}", "dim"),
        )
    )
    return connection


def _warnings(project: Project) -> tuple[str, ...]:
    count = len(project.loaded.warnings) if project.loaded else 0
    if not count or project.target == "local":
        return ()
    return (f"{count} warning{'s' if count > 1 else ''} about the configuration: jhub validate",)


def _make_private(root: Path) -> None:
    try:
        make_private(root)
    except OSError as error:
        raise StateError(
            f"the work folder {root} cannot be used",
            cause=str(error),
            hint="correct its owner and permissions, or choose another one with --work-dir",
        ) from error


def _ignored() -> tuple[str, ...]:
    names = ", ".join(ignored_variables(os.environ))
    return (f"not passed on to Terraform: {names}",) if names else ()


def reach_target(project: Project) -> tuple[Target, str]:
    """Return where a project goes and, for the embedded AWS, which is started, its address."""
    if project.target == "aws":
        return Target(kind="aws"), ""
    running = supervisor.ensure_running(project.workspace.root)
    env = dict(running.env)
    return Target(kind="local", env=env, instance_id=running.instance_id), running.endpoint


def _stand_in_for_zone(project: Project, target: Target, region: str) -> None:
    """Give the embedded account the zone that the user's own account has already."""
    access = project.loaded.deployment.settings.access if project.loaded else None
    if target.kind == "local" and access and access.hosted_zone:
        ensure_zone(access.hosted_zone, region, target.env)


def region_of(project: Project) -> str:
    """Return the region of a project, as configured or as recorded."""
    if project.loaded:
        return project.loaded.deployment.settings.region
    record = read_record(project.workspace.record)
    return record.region if record else DeploymentFile().region


def _environment(workspace: Workspace) -> dict[str, str]:
    """Return the variables of every Terraform process."""
    own = {"JHUB_PYTHON": sys.executable}  # for provisioners
    return {**with_own_programs(os.environ), **provider_environment(workspace.home).env, **own}


def with_own_programs(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which Kubernetes clients find ``jhub``, for its tokens."""
    own = Path(sys.executable).parent
    return {**environ, "PATH": f"{own}{os.pathsep}{environ.get('PATH', os.defpath)}"}


def _terraform(binary: str, environ: dict[str, str]) -> TerraformCommand:
    return TerraformCommand(binary, ProcessRunner(), environ, explain=explain_init_failure)


def state_puller(project: Project) -> Callable[[str], str]:
    """Return what fetches the state of a stack from a shared backend, as JSON text."""

    def pull(stack: str) -> str:
        workspace = project.workspace
        run = StackRun(
            stack=stack,
            directory=workspace.stack_dir(stack),
            log=workspace.logs / "output" / f"{stack}.log",
            env=reach_target(project)[0].env,
        )
        terraform = _terraform(str(find_terraform(os.environ)), _environment(workspace))
        terraform.init(run, {})
        return terraform.state_pull(run)

    return pull


def running_instance(workspace: Workspace) -> str:
    """Return the identity of the embedded AWS if it runs; empty on AWS."""
    running = supervisor.find(workspace.root) if workspace.target == "local" else None
    return running.instance_id if running else ""


def synthesize_stacks(
    deployment: Deployment, out: Path, *, protect_data: bool, use_cache: bool = True
) -> tuple[StackNode, ...]:
    """Synthesize with the project's own stacks, as the orchestration wants to call it."""
    from jupyterhub_eks.synth import synthesize  # noqa: PLC0415 - not for status and output

    result = synthesize(deployment, out, protect_data=protect_data, use_cache=use_cache)
    return tuple(
        StackNode(
            name=stack.name,
            directory=stack.directory,
            depends_on=stack.depends_on,
            resources=stack.resources,
        )
        for stack in result.stacks
    )
