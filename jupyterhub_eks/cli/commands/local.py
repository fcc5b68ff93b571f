"""``jhub local``: the AWS that runs on this machine."""

import dataclasses
from typing import Annotated

import typer

from jupyterhub_eks.cli.console.local_aws import describe_state, draw_local_status, draw_running
from jupyterhub_eks.cli.console.local_cluster import draw_plane_status
from jupyterhub_eks.cli.console.screen import Screen, to_json
from jupyterhub_eks.cli.local_reset import reset_local
from jupyterhub_eks.cli.local_runs import holdings, stop_local
from jupyterhub_eks.cli.options import Output, WorkDir, Yes
from jupyterhub_eks.local import supervisor
from jupyterhub_eks.local.cluster import control_plane
from jupyterhub_eks.local.cluster.files import planes
from jupyterhub_eks.workspace import default_work_dir


def start(output: Output, work_dir: WorkDir = None) -> None:
    """Start it, or find it running; say how to reach it."""
    screen = Screen(as_json=output.json)
    running = supervisor.ensure_running(work_dir or default_work_dir())
    screen.result(draw_running(running))
    # An empty AWS_PROFILE overrides one where it is inherited; botocore would look for it.
    env = {name: value for name, value in running.env.items() if value}
    screen.document(dataclasses.replace(running, env=env))


def stop(
    *,
    output: Output,
    work_dir: WorkDir = None,
    force: Annotated[
        bool, typer.Option("--force", help="Stop it even under a command that works on it.")
    ] = False,
) -> None:
    """Stop it; what it holds is kept for the next start."""
    screen = Screen(as_json=output.json)
    root = work_dir or default_work_dir()
    stopped = stop_local(root, force=force)
    held = holdings(root)
    what = "stopped" if stopped else "it was not running"
    screen.result([f"{what}; {describe_state(held)}"])
    screen.document({"stopped": stopped, "deployments": held})


def status(output: Output, work_dir: WorkDir = None) -> None:
    """Show processes, ports and what the embedded account holds."""
    screen = Screen(as_json=output.json)
    root = work_dir or default_work_dir()
    report, held = supervisor.status(root), holdings(root)
    clusters = tuple(control_plane.status(root.absolute(), name) for name in planes(root))
    screen.result(draw_local_status(report, held))
    for cluster in clusters:
        screen.result(["", "Kubernetes", *draw_plane_status(cluster)])
    document = {**to_json(report), "deployments": to_json(held), "clusters": to_json(clusters)}
    screen.document(document)


def reset(
    *,
    output: Output,
    work_dir: WorkDir = None,
    yes: Yes = False,
) -> None:
    """Empty it and forget what was deployed in it."""
    screen = Screen(as_json=output.json)
    forgotten = reset_local(screen, work_dir or default_work_dir(), yes=yes)
    names = f"; forgot {', '.join(forgotten)}" if forgotten else ""
    screen.result([f"the embedded account is empty{names}"])
    screen.document({"forgotten": forgotten})


ABOUT = "Start, stop, look at or empty the AWS that runs on this machine."
COMMANDS = (start, stop, status, reset)
# A group within this one, and the module of its commands.
GROUPS = {"cluster": "local_cluster"}
