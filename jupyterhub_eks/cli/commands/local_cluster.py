"""``jhub local cluster``: the Kubernetes control plane that runs on this machine."""

from jupyterhub_eks.cli.console.local_cluster import Narrator, draw_plane, draw_plane_status
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.local_cluster import (
    at_rest,
    confirm_reset,
    existing_plane,
    wanted_plane,
    what_goes_with,
)
from jupyterhub_eks.cli.options import Name, Output, WorkDir, Yes
from jupyterhub_eks.errors import EXIT_OK, LocalClusterError
from jupyterhub_eks.local.cluster import control_plane
from jupyterhub_eks.local.cluster.building import ensure_built
from jupyterhub_eks.workspace import cache_dir, default_work_dir


def build(output: Output) -> None:
    """Build its programs: minutes once, seconds later."""
    screen = Screen(as_json=output.json)
    built = ensure_built(cache_dir(), Narrator(screen).build)
    screen.result([f"the programs are in {built.bin}"])
    screen.document({"folder": built.folder, "bin": built.bin, "crds": built.crds})


def start(output: Output, name: Name = None, work_dir: WorkDir = None) -> None:
    """Start it, or what is missing of it; build it if need be."""
    screen = Screen(as_json=output.json)
    settings = wanted_plane(screen, (work_dir or default_work_dir()).absolute(), name)
    narrator = Narrator(screen)
    built = ensure_built(cache_dir(), narrator.build)
    plane = control_plane.start(settings, built, narrator.start)
    screen.result(draw_plane(plane))
    screen.document(plane)


def stop(output: Output, name: Name = None, work_dir: WorkDir = None) -> None:
    """Stop it; what it holds is kept for the next start."""
    screen = Screen(as_json=output.json)
    root = (work_dir or default_work_dir()).absolute()
    found = existing_plane(root, name)
    stopped = False
    if found is not None:
        with at_rest(root, found, "local cluster stop"):
            stopped = control_plane.stop(root, found)
    screen.result([f"stopped {found}; its data is kept" if stopped else "it was not running"])
    screen.document({"name": found, "stopped": stopped})


def status(output: Output, name: Name = None, work_dir: WorkDir = None) -> int:
    """Show each of its processes; fails if one that should run does not."""
    screen = Screen(as_json=output.json)
    root = (work_dir or default_work_dir()).absolute()
    found = existing_plane(root, name)
    if found is None:
        screen.result(["not running, and it holds nothing"])
        screen.document({"deployment": None, "plane": None, "components": []})
        return EXIT_OK
    report = control_plane.status(root, found)
    screen.result(draw_plane_status(report))
    screen.document(report)
    return LocalClusterError.exit_code if report.faults else EXIT_OK


def reset(
    *,
    output: Output,
    name: Name = None,
    work_dir: WorkDir = None,
    yes: Yes = False,
) -> None:
    """Stop it and delete all that it holds."""
    screen = Screen(as_json=output.json)
    root = (work_dir or default_work_dir()).absolute()
    found = existing_plane(root, name)
    goes_too = what_goes_with(root, found) if found is not None else ""
    if found is not None and not yes:
        confirm_reset(screen, found, goes_too)
    elif goes_too:
        screen.info(goes_too)
    if found is not None:
        with at_rest(root, found, "local cluster reset"):
            control_plane.reset(root, found)
    screen.result([f"deleted the local Kubernetes {found}" if found else "there was none"])
    screen.document({"name": found, "deleted": found is not None})


ABOUT = "Build, start, stop or empty the Kubernetes on this machine."
COMMANDS = (build, start, stop, status, reset)
