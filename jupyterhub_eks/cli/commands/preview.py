"""``jhub preview``: the hub that the configuration makes, in a browser, on this machine."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from jupyterhub_eks.cli.console.preview import draw_stopped
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.options import Sources, WorkDir, Yes
from jupyterhub_eks.cli.preview_cluster import ClusterWish
from jupyterhub_eks.cli.previewing import DEFAULT_PORT, Request, seconds_of
from jupyterhub_eks.cli.previewing import preview as run
from jupyterhub_eks.preview.clearing import clear_clusters
from jupyterhub_eks.preview.ending import stop as end
from jupyterhub_eks.preview.files import preview_files, previews
from jupyterhub_eks.preview.making import Wishes
from jupyterhub_eks.workspace import default_work_dir


@dataclass(frozen=True, kw_only=True)
class People:
    """Who can log in."""

    as_: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="USER[:GROUP,…]", help="Somebody who can log in; repeatable."),
    ] = None
    users: Annotated[
        Path | None,
        typer.Option("--users", metavar="FILE", help="Those who can log in: name,groups a line."),
    ] = None


@dataclass(frozen=True, kw_only=True)
class Showing:
    """Who is to see it: a browser, or readers of files."""

    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Do not open it in the browser.")
    ] = False
    record: Annotated[
        Path | None,
        typer.Option(
            "--record", metavar="DIR", help="Write its pages, and pictures of them, and end."
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What happens when servers start and end."""

    unavailable: Annotated[
        list[str] | None,
        typer.Option(
            "--unavailable",
            metavar="PROFILE",
            help="Act as if AWS had no machine for it; repeatable.",
        ),
    ] = None
    full: Annotated[
        list[str] | None,
        typer.Option("--full", metavar="PROFILE", help="Act as if its pool were full; repeatable."),
    ] = None
    cull_after: Annotated[
        str | None,
        typer.Option(
            "--cull-after", metavar="TIME", help="End idle servers after this time, e.g. 60s."
        ),
    ] = None
    real_time: Annotated[
        bool, typer.Option("--real-time", help="Let a start take as long as on AWS.")
    ] = False


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Where pods are really made."""

    cluster: Annotated[
        bool,
        typer.Option("--cluster", help="Really make pods, in a Kubernetes of this machine."),
    ] = False
    kube_context: Annotated[
        str | None,
        typer.Option(
            "--kube-context",
            metavar="NAME",
            help="Really make pods, in the cluster of this kubeconfig context.",
        ),
    ] = None
    yes: Yes = False


def preview(
    *,
    sources: Sources,
    people: People,
    behaviour: Behaviour,
    showing: Showing,
    cluster: Cluster,
    work_dir: WorkDir = None,
    port: Annotated[
        int,
        typer.Option("--port", metavar="PORT", min=1, max=65535, help="Port of this machine."),
    ] = DEFAULT_PORT,
) -> None:
    """Open the hub that the configuration makes, on this machine, until Ctrl-C.

    The real JupyterHub with the very values of a deploy; servers are JupyterLab of this
    machine, and nothing is asked of AWS. The first time it is installed, for a minute or two.
    """
    wishes = Wishes(
        unavailable=tuple(behaviour.unavailable or ()),
        full=tuple(behaviour.full or ()),
        cull_after=seconds_of(behaviour.cull_after),
        real_time=behaviour.real_time,
    )
    request = Request(
        work_dir=work_dir or default_work_dir(),
        port=port,
        people=tuple(people.as_ or ()),
        users=people.users,
        browser=not (showing.no_browser or showing.record),
        record=showing.record,
        wishes=wishes,
        cluster=ClusterWish(
            local=cluster.cluster, context=cluster.kube_context or "", yes=cluster.yes
        ),
    )
    run(Screen(), sources, request)


def stop(
    *,
    work_dir: WorkDir = None,
    port: Annotated[
        int | None,
        typer.Option("--port", metavar="PORT", help="Of this port only; default: all of them."),
    ] = None,
) -> None:
    """End what runs of previews, also where their commands were killed; homes are kept."""
    root = work_dir or default_work_dir()
    ports = previews(root) if port is None else (port,)
    found = [(each, preview_files(root, each)) for each in ports]
    ended = [(each, (*end(files), *clear_clusters(files))) for each, files in found]
    Screen().result(draw_stopped(ended))


ALONE = preview
ABOUT = "Open the hub that the configuration makes in a browser, on this machine."
COMMANDS = (stop,)
