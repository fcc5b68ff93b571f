"""``jhub local``: the AWS that runs on this machine."""

import dataclasses

from jupyterhub_eks.cli.console.local_aws import draw_local_status, draw_running
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.local_reset import reset_local
from jupyterhub_eks.cli.options import Output, WorkDir, Yes
from jupyterhub_eks.local import supervisor
from jupyterhub_eks.workspace import default_work_dir


def start(output: Output, work_dir: WorkDir = None) -> None:
    """Start it, or find it running; say how to reach it."""
    screen = Screen(as_json=output.json)
    running = supervisor.ensure_running(work_dir or default_work_dir())
    screen.result(draw_running(running))
    # An empty AWS_PROFILE overrides one where it is inherited; botocore would look for it.
    env = {name: value for name, value in running.env.items() if value}
    screen.document(dataclasses.replace(running, env=env))


def stop(output: Output, work_dir: WorkDir = None) -> None:
    """Stop it; what it holds is kept for the next start."""
    screen = Screen(as_json=output.json)
    stopped = supervisor.stop(work_dir or default_work_dir())
    screen.result(["stopped; its state is kept" if stopped else "it was not running"])
    screen.document({"stopped": stopped})


def status(output: Output, work_dir: WorkDir = None) -> None:
    """Show process, port and what the embedded account holds."""
    screen = Screen(as_json=output.json)
    report = supervisor.status(work_dir or default_work_dir())
    screen.result(draw_local_status(report))
    screen.document(report)


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
