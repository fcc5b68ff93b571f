"""The Kubernetes of this machine as text: its build, its start, its state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from jupyterhub_eks.cli.console.blocks import heading, pairs
from jupyterhub_eks.cli.console.places import this_program
from jupyterhub_eks.cli.console.progress import describe_seconds
from jupyterhub_eks.local.cluster.building import BuildAwaited, BuildStarted, Compiled, Compiling
from jupyterhub_eks.local.cluster.starting import ComponentReady, ComponentStarted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.local.cluster.building import BuildEvent
    from jupyterhub_eks.local.cluster.model import ControlPlane, PlaneStatus
    from jupyterhub_eks.local.cluster.starting import StartEvent

# A program that compiles for minutes shows that often how far it is.
_EVERY_SECONDS: Final = 30.0
_STATES: Final = {"running": "green", "ended": "red", "silent": "red", "stopped": "yellow"}
_WORDS: Final = {"ended": "has ended by itself", "silent": "does not answer"}


class Narrator:
    """Tells on stderr, a line at a time, what is built and started."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._said = 0.0

    def build(self, event: BuildEvent) -> None:
        """Say what a build does."""
        match event:
            case BuildAwaited():
                self._say("another command builds the local Kubernetes; waiting for it ...")
            case BuildStarted():
                self._say(
                    f"building {', '.join(event.programs)} with {event.go} "
                    "(once; about 10 minutes on 2 cores) ..."
                )
            case Compiling():
                self._compiling(event)
            case Compiled():
                self._say(f"  {event.program} built after {describe_seconds(event.seconds)}")

    def _compiling(self, event: Compiling) -> None:
        if event.seconds == 0:
            self._said = 0.0
            self._screen.notes(f"  {event.program} ...")
        elif event.seconds - self._said >= _EVERY_SECONDS:
            self._said = event.seconds
            self._screen.notes(
                f"  {event.program}: {event.packages} packages compiled, "
                f"{describe_seconds(event.seconds)}"
            )

    def start(self, event: StartEvent) -> None:
        """Say what a start does."""
        match event:
            case ComponentStarted(reason=""):
                self._screen.notes(f"  starting {event.component}")
            case ComponentStarted():
                self._say(f"  starting {event.component} again: {event.reason}")
            case ComponentReady():
                self._screen.notes(
                    f"  {event.component} ready after {describe_seconds(event.seconds)}"
                )

    def _say(self, text: str) -> None:
        self._screen.info(text)


def draw_plane(plane: ControlPlane) -> Iterator[Text]:
    """Yield where a control plane listens and how a shell is pointed at it."""
    yield Text.assemble(
        ("running", "green"), f" {plane.deployment}: Kubernetes {plane.version} on {plane.endpoint}"
    )
    yield Text("nodes are simulated: pods are scheduled and reported as running, none really runs")
    yield Text("")
    yield heading("To use it from a shell")
    yield Text(f"  export KUBECONFIG={plane.kubeconfig}")


def draw_plane_status(status: PlaneStatus) -> Iterator[Text]:
    """Yield the state of a control plane and of each of its components."""
    plane = status.plane
    all_run = all(each.state == "running" for each in status.components)
    if status.is_moving and not (plane and all_run):
        what = "a command is starting or stopping it"
        yield Text.assemble(("not ready", "yellow"), f" {status.deployment}: {what}")
    elif plane is not None and not status.faults:
        where = f": Kubernetes {plane.version} on {plane.endpoint}"
        yield Text.assemble(("running", "green"), f" {status.deployment}{where}")
    elif status.faults:
        names = ", ".join(f"{each.name} {_WORDS[each.state]}" for each in status.faults)
        yield Text.assemble(("broken", "red"), f" {status.deployment}: {names}")
    else:
        yield Text.assemble(("not running", "yellow"), f" {status.deployment}; its data is kept")
    yield from pairs(
        [
            (
                each.name,
                f"{each.state:<8} process {each.pid}, port {each.port}, {each.resident_mib:.0f} MiB"
                if each.pid
                else each.state,
            )
            for each in status.components
        ]
    )
    if plane is not None:
        yield Text(f"  for kubectl: export KUBECONFIG={plane.kubeconfig}")
    for each in status.faults:
        yield Text(f"log of {each.name}: {each.log}", "dim")
    if status.faults:
        yield Text("")
        yield Text(
            f"`{this_program()} local cluster start` starts again what is missing; the data is kept"
        )
