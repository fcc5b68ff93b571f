"""The preview as text: what is installed, where it listens, who can log in, what is not real."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from jupyterhub_eks.cli.console.blocks import heading, pairs
from jupyterhub_eks.cli.console.places import short_path
from jupyterhub_eks.cli.console.progress import describe_seconds
from jupyterhub_eks.preview.installing import InstallAwaited, Installed, Installing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rich.status import Status

    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.preview.installing import InstallEvent

PODS: Final = "/preview/pods"
# What holds for every preview; the login says what is not real of it.
_NOT_REAL: Final = (
    "servers are JupyterLab of this machine, whatever image is chosen, with no limits",
    "there are no nodes: what Kubernetes would be given for a server stands on {pods}",
    "homes and the shared folder are folders of this machine",
)
# Where nothing can move, that many parts of an installation are told as one.
_STEP: Final = 25


class InstallNarrator:
    """Tells on stderr what is installed, in a moving line where there can be one."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._moving: Status | None = None
        self._said = 0

    def __call__(self, event: InstallEvent) -> None:
        """Say what happens."""
        match event:
            case InstallAwaited():
                self._screen.info(f"another command installs {event.what}; waiting for it ...")
            case Installing(done=0):
                self._begin(event.what)
            case Installing():
                self._go_on(event)
            case Installed():
                self.close()
                self._screen.notes(
                    f"  {event.what} installed after {describe_seconds(event.seconds)}"
                )

    def close(self) -> None:
        """Take the moving line away."""
        if self._moving:
            self._moving.stop()
        self._moving = None

    def _begin(self, what: str) -> None:
        self._said = 0
        self._screen.info(f"installing {what} (once, a minute or two) ...")
        self._moving = self._screen.status(what)
        if self._moving:
            self._moving.start()

    def _go_on(self, event: Installing) -> None:
        is_last = event.done == event.total
        text = "putting them in place" if is_last else f"{event.done} of {event.total} packages"
        if self._moving:
            self._moving.update(Text(text))
        elif event.done - self._said >= _STEP or (is_last and self._said != event.done):
            self._said = event.done
            self._screen.notes(f"  {text}")


def draw_ready(  # noqa: PLR0913 - by name only
    *,
    name: str,
    url: str,
    seconds: float,
    how_to_log_in: Sequence[str],
    refused: Sequence[tuple[str, str]],
    not_real: Sequence[str],
    state: Path,
    cluster: Sequence[str] = (),
) -> Iterator[Text]:
    """Yield where the hub is and what there is to know before it is opened.

    Args:
        name: Of the deployment.
        url: Where people open it.
        seconds: From its start to a login page.
        how_to_log_in: A line each.
        refused: Title and reason of each profile that can start nowhere.
        not_real: What is not as on AWS.
        state: Folder of homes, database and logs.
        cluster: What is real in the cluster that pods are in, and what is not.
    """
    yield Text.assemble(
        ("running", "green"), f" {name}, after {seconds:.1f} s; Ctrl-C ends it and its servers"
    )
    yield Text.assemble("  ", (url, "bold cyan"))
    yield Text("")
    yield heading("To log in")
    yield from (Text(f"  {line}") for line in how_to_log_in)
    if refused:
        yield Text("")
        yield heading("Cannot start on AWS either")
        for title, reason in refused:
            yield Text.assemble("  ", (title, "red"), f": {reason}")
    yield Text("")
    if cluster:
        yield heading("In the cluster")
        yield from (Text(f"  - {line}") for line in cluster)
        yield Text(f"  - each pod, and its node pool: {url}{PODS}")
        yield Text("")
    yield heading("Not real here")
    # What servers are there, the cluster's own lines have said.
    lines = [] if cluster else [each.format(pods=f"{url}{PODS}") for each in _NOT_REAL]
    yield from (Text(f"  - {line}", "dim") for line in (*not_real, *lines))
    yield Text("")
    yield from pairs(
        [("state", f"{short_path(str(state))} (homes, shared folder, database, logs)")]
    )


def draw_stopped(ended: Sequence[tuple[int, Sequence[str]]]) -> Iterator[Text]:
    """Yield what was ended, by port.

    Args:
        ended: Port, and names of its processes.
    """
    found = False
    for port, names in ended:
        if names:
            found = True
            yield Text.assemble(("stopped", "green"), f" port {port}: {_counted(names)}")
    if not found:
        yield Text("no preview of this work folder was running")


def _counted(names: Sequence[str]) -> str:
    parts = []
    for name in dict.fromkeys(names):
        count = names.count(name) if isinstance(names, (list, tuple)) else 1
        parts.append(name if count == 1 else f"{count} {name}")
    return ", ".join(parts)
