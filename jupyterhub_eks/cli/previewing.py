"""``jhub preview``: from options to a hub that runs until Ctrl-C."""

from __future__ import annotations

import os
import re
import secrets
import sys
import webbrowser
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.cli.checks import values_check
from jupyterhub_eks.cli.console import lines
from jupyterhub_eks.cli.console.preview import InstallNarrator, draw_ready
from jupyterhub_eks.cli.preview_cluster import ClusterWish, agree, clear_left, open_cluster
from jupyterhub_eks.cli.preview_login import open_login, people_for
from jupyterhub_eks.cli.preview_record import record
from jupyterhub_eks.cli.project import load_config
from jupyterhub_eks.cli.sources import resolve, target_remembered, without_settings
from jupyterhub_eks.config.load import Check
from jupyterhub_eks.errors import UsageError
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.preview.ending import held
from jupyterhub_eks.preview.environment import ensure_environment, hub_versions
from jupyterhub_eks.preview.facts import facts_of, refusals
from jupyterhub_eks.preview.files import prepare, preview_files, settle_state
from jupyterhub_eks.preview.known_groups import unknown_groups
from jupyterhub_eks.preview.login_class import require_login_class
from jupyterhub_eks.preview.making import Ports, Wishes, make_document, titles_of, with_slugs
from jupyterhub_eks.preview.ports import require_free
from jupyterhub_eks.preview.proxy_program import ensure_proxy
from jupyterhub_eks.preview.serving import Serving, serve
from jupyterhub_eks.tools.port_forward import free_port
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.cli.options import Sources
    from jupyterhub_eks.cli.preview_login import OpenLogin
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.preview.clusters import OpenCluster
    from jupyterhub_eks.preview.proxy_program import ProxyProgram

DEFAULT_PORT: Final = 8000
_UNITS: Final = {"s": 1, "m": 60, "h": 3600}
_DURATION: Final = re.compile(r"([0-9]{1,6})([smh]?)")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked for.

    Attributes:
        work_dir: Work folder.
        port: Of the hub.
        people: Values of ``--as``.
        users: File of those who can log in.
        browser: Whether it is to be opened in the browser.
        wishes: How it is to behave.
        record: Folder for its pages; it ends when they are written.
        cluster: Which cluster is to be used.
    """

    work_dir: Path
    port: int
    people: tuple[str, ...]
    users: Path | None
    browser: bool
    wishes: Wishes
    record: Path | None = None
    cluster: ClusterWish = field(default_factory=ClusterWish)


def seconds_of(text: str | None) -> int | None:
    """Return a time as it is typed, e.g. ``60s`` or ``5m``, in seconds; nothing of nothing.

    Raises:
        UsageError: It is no time, or none at all.
    """
    if text is None:
        return None
    match = _DURATION.fullmatch(text.strip().lower())
    seconds = int(match[1]) * _UNITS[match[2] or "s"] if match else 0
    if not seconds:
        raise UsageError(
            f"--cull-after {text} is no time",
            hint="give a number of seconds, minutes or hours, e.g. 60s, 5m or 1h",
        )
    return seconds


def preview(screen: Screen, sources: Sources, request: Request) -> None:
    """Run the preview until it is interrupted, which is its good end.

    Raises:
        ConfigError: The configuration, or the list of people, is invalid.
        PreflightError: The port is in use.
        PreviewError: A process of it failed, or another preview runs there.
        StateError: The state cannot be written.
        ToolError: What it needs cannot be installed.
    """
    deployment = _configuration(screen, sources, request)
    facts = facts_of(deployment, catalog())
    screen.notes(*catalog().notes)
    wishes = with_slugs(request.wishes, titles_of(deployment))
    request.cluster.check(wishes)
    people = people_for(deployment, request.people, request.users)
    if unknown := unknown_groups(deployment, people):
        screen.info(lines.warning(unknown))
    files = preview_files(request.work_dir, request.port)
    lodging = agree(screen, request.cluster)
    with ExitStack() as stack:
        left = stack.enter_context(held(files, request.port))
        if left:
            screen.notes(f"ended what an earlier preview had left: {', '.join(left)}")
        clear_left(screen, files)
        require_free(request.port)
        proxy, python = _programs(screen)
        ports = _ports(request.port)
        opened = stack.enter_context(open_login(deployment, people, files, ports.url))
        require_login_class(opened.login.values, python)
        document = make_document(deployment, opened.login, ports, files, facts, wishes)
        prepare(files, request.work_dir, document["claims"])
        cluster = stack.enter_context(
            open_cluster(screen, lodging, request.cluster, deployment, document["values"], files)
        )
        if cluster:
            document = cluster.into(document)
            ports = replace(ports, hub_host=cluster.facts["address"])
        aside = settle_state(files, _versions(deployment))
        if aside:
            screen.notes(f"users and sessions of another hub or version are now in {aside}")
        what = Serving(files=files, ports=ports, python=python, proxy=proxy, document=document)

        def ready(seconds: float) -> bool:
            if request.record:
                record(screen, request.record, ports.url, people, opened)
                return False
            _ready(screen, what, opened, request, deployment, cluster, seconds)
            return True

        try:
            serve(what, ready)
        except KeyboardInterrupt:
            screen.notes(f"ended; homes, shared folder and users are kept in {files.home}")


def _configuration(screen: Screen, sources: Sources, request: Request) -> Deployment:
    resolved = resolve(sources, request.work_dir, target_remembered(request.work_dir))
    screen.notes(*filter(None, [without_settings(resolved)]))
    values = values_check()
    checks = (
        Check(find=values.own_values, needs=frozenset({"hub_values"})),
        # A profile that can start nowhere is shown as users will meet it.
        Check(find=values.all_values),
    )
    return load_config(resolved, checks).deployment


def _programs(screen: Screen) -> tuple[ProxyProgram, Path]:
    narrator = InstallNarrator(screen)
    try:
        return ensure_proxy(cache_dir(), narrator), ensure_environment(cache_dir(), narrator)
    finally:
        narrator.close()


def _ports(public: int) -> Ports:
    return Ports(public=public, hub=free_port(), proxy_api=free_port(), token=secrets.token_hex(32))


def _versions(deployment: Deployment) -> dict[str, str]:
    """Return what users and sessions of the hub are good for."""
    return {
        "jupyterhub": hub_versions()["jupyterhub"],
        "deployment": deployment.name,
        "login": deployment.settings.auth.type,
    }


def _ready(
    screen: Screen,
    what: Serving,
    opened: OpenLogin,
    request: Request,
    deployment: Deployment,
    cluster: OpenCluster | None,
    seconds: float,
) -> None:
    url = what.ports.url
    screen.result(
        draw_ready(
            name=deployment.name,
            url=url,
            seconds=seconds,
            how_to_log_in=opened.how,
            refused=refusals(deployment, catalog()),
            not_real=opened.notes,
            cluster=cluster.here if cluster else (),
            state=what.files.home,
        )
    )
    if request.browser and has_display() and not webbrowser.open(url):
        screen.notes("no browser could be opened: copy the address")


def has_display() -> bool:
    """Whether there is a screen on which a browser could be opened, and somebody before it."""
    if os.environ.get("CI"):
        return False
    if sys.platform in {"darwin", "win32"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
