"""``jhub open``: the hub in a browser, through a port of this machine where it has no address."""

import os
import webbrowser
from typing import Annotated

import typer

from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.hub_access import HubAddress, hub_address, hub_forward
from jupyterhub_eks.cli.options import Output, Place, Sources
from jupyterhub_eks.cli.project import find_project
from jupyterhub_eks.tools.port_forward import keep_forwarding, require_free


def open(  # noqa: A001 - the name of the command
    *,
    sources: Sources,
    place: Place,
    output: Output,
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=1, max=65535, help="Port of this machine.")
    ] = 8080,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open it in the browser.")
    ] = True,
) -> None:
    """Open the hub; without a load balancer, through a port of this machine until Ctrl-C."""
    screen = Screen(as_json=output.json)
    project = find_project(sources, place)
    screen.notes(*project.notes)
    address = hub_address(project, port)
    if not address.is_forwarded:
        screen.result([address.url])
        screen.document({"url": address.url, "forwarded": False})
        _show(screen, address, browser=browser)
        return
    require_free(port)
    with hub_forward(project, port, os.environ) as forward:
        keep_forwarding(
            forward,
            on_ready=lambda: _ready(screen, address, browser=browser),
            on_lost=lambda said: screen.notes(f"connection lost ({said}); connecting again"),
        )


def _ready(screen: Screen, address: HubAddress, *, browser: bool) -> None:
    screen.result([f"the hub answers on {address.url}; Ctrl-C ends this"])
    screen.document({"url": address.url, "forwarded": True})
    _show(screen, address, browser=browser)


def _show(screen: Screen, address: HubAddress, *, browser: bool) -> None:
    if browser and not webbrowser.open(address.url):
        screen.notes("no browser could be opened: copy the address")
