"""The cluster of a preview, if it is to have one: which, asked for, and ready."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.cli.console.local_cluster import Narrator
from jupyterhub_eks.errors import LeftoverError, RefusedError, UsageError
from jupyterhub_eks.local.cluster.building import ensure_built
from jupyterhub_eks.preview.clearing import clear_clusters, watched
from jupyterhub_eks.preview.kube_context import check_context, kube_context, new_lodging
from jupyterhub_eks.preview.local_plane import local_plane
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.preview.clusters import OpenCluster
    from jupyterhub_eks.preview.files import PreviewFiles
    from jupyterhub_eks.preview.kube_context import Lodging
    from jupyterhub_eks.preview.making import Wishes


@dataclass(frozen=True, kw_only=True)
class ClusterWish:
    """Which cluster is to be used.

    Attributes:
        local: The Kubernetes of this machine.
        context: A context of the user's kubeconfig; empty: none.
        yes: Whether nobody is to be asked.
    """

    local: bool = False
    context: str = ""
    yes: bool = False

    def check(self, wishes: Wishes) -> None:
        """Refuse what contradicts itself.

        Raises:
            UsageError: It does.
        """
        if self.local and self.context:
            raise UsageError("--cluster and --kube-context exclude each other")
        if self.yes and not self.context:
            raise UsageError("--yes goes with --kube-context only")
        if (self.local or self.context) and (wishes.unavailable or wishes.full):
            raise UsageError(
                "--unavailable and --full are for previews without a cluster",
                hint="with one, its own scheduler says what has no room",
            )


def agree(screen: Screen, wish: ClusterWish) -> Lodging | None:
    """Return where in somebody's cluster the preview may be; None: in none.

    Raises:
        ClusterError: There is no such context, no answer, or something is not allowed.
        RefusedError: The answer was no.
        UsageError: There is no terminal to ask on.
    """
    if not wish.context:
        return None
    lodging = new_lodging(wish.context)
    server = check_context(lodging)
    where = f"the namespace {lodging.namespace} in {wish.context} ({server})"
    what = (
        "starts users' pods there, which may let it start machines that cost money; its servers "
        "reach the hub without encryption"
    )
    if wish.yes:
        screen.notes(f"makes {where}, and {what}; the preview's end removes it")
        return lodging
    if not screen.terminal.interactive:
        raise UsageError(
            f"this makes {where}, and there is no terminal to ask on",
            hint=f"jhub preview --kube-context {wish.context} --yes",
        )
    screen.info(f"this makes {where}, and {what}; the preview's end removes it")
    if screen.ask("go on? [y/N]").strip().lower() not in {"y", "yes"}:
        raise RefusedError("nothing was made", cause="the answer was no")
    return lodging


@contextmanager
def open_cluster(
    screen: Screen,
    lodging: Lodging | None,
    wish: ClusterWish,
    deployment: Deployment,
    values: Mapping[str, Any],
    files: PreviewFiles,
) -> Iterator[OpenCluster | None]:
    """Have the cluster that is wished for; None: none is.

    Raises:
        ClusterError: The API of somebody's cluster refuses something.
        LeftoverError: Something of the preview cannot be removed there.
        LocalClusterError: The Kubernetes of this machine cannot be built, started or ended.
    """
    if lodging is not None:
        with watched(files), kube_context(lodging, values, files) as opened:
            yield opened
    elif wish.local:
        narrator = Narrator(screen)
        build = ensure_built(cache_dir(), narrator.build)
        screen.info("starting the Kubernetes of the preview ...")
        made = local_plane(deployment, values, files, build, narrator.start)
        with watched(files), made as opened:
            yield opened
    else:
        yield None


def clear_left(screen: Screen, files: PreviewFiles) -> None:
    """Remove what an earlier preview has left in a cluster; what cannot be is said.

    Raises:
        LocalClusterError: The Kubernetes of this machine does not end.
    """
    try:
        found = clear_clusters(files)
    except LeftoverError as error:
        screen.notes(f"{error.message}: {error.cause}; {error.hint}")
        return
    if found:
        screen.notes(f"removed what an earlier preview had left: {', '.join(found)}")
