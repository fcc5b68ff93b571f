"""Put homes away by a job in the cluster, once the servers that use them have ended."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.cluster_port import Kind
from jupyterhub_eks.errors import ClusterError
from jupyterhub_eks.people.homes import ARCHIVE, archive_job, kept_as
from jupyterhub_eks.releases.labels import COMPONENT, HUB_NAMESPACE, SERVER_COMPONENT
from jupyterhub_eks.releases.z2jh.names import HOME_CLAIM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Protocol

    from jupyterhub_eks.cluster_port import ClusterApi, ClusterObject

    class JobApi(ClusterApi, Protocol):
        """A cluster in which something can be made."""

        def create(self, kind: Kind, body: Mapping[str, Any]) -> None:
            """Make an object."""


_PODS: Final = Kind("", "v1", "Pod", "pods")
_JOBS: Final = Kind("batch", "v1", "Job", "jobs")
_DEPLOYMENTS: Final = Kind("apps", "v1", "Deployment", "deployments")
_HUB: Final = "hub"
_NAME_OF_USER: Final = "hub.jupyter.org/username"
_PAUSE_SECONDS: Final = 2.0
_SERVER_ATTEMPTS: Final = 90
_JOB_ATTEMPTS: Final = 330
_PLACEMENT: Final = ("nodeSelector", "affinity", "tolerations")


def archive_home(api: JobApi, name: str, *, pause: Callable[[float], None] = time.sleep) -> str:
    """Put the home of somebody away; return under which path of the home volume.

    Args:
        api: The cluster.
        name: User name, as the hub writes it.
        pause: Waits for some seconds.

    Raises:
        ClusterError: There is no hub whose image could be used, the server does not end, or the
            job fails; the home is where it was.
    """
    pod = _hub_pod(api)
    _await_no_server(api, name, pause)
    stamp = datetime.now(tz=UTC).strftime("%Y%m%d-%H%M%S")
    job = archive_job(
        name,
        stamp,
        image=pod["containers"][0]["image"],
        namespace=HUB_NAMESPACE,
        claim=HOME_CLAIM,
        pull_secrets=pod.get("imagePullSecrets") or [],
    )
    job["spec"]["template"]["spec"] |= {key: pod[key] for key in _PLACEMENT if pod.get(key)}
    api.create(_JOBS, job)
    _await_job(api, name, job["metadata"]["name"], pause)
    return f"{ARCHIVE}/{kept_as(name, stamp)}"


def _hub_pod(api: ClusterApi) -> dict[str, Any]:
    for found in api.list(_DEPLOYMENTS, namespace=HUB_NAMESPACE):
        if found.name == _HUB:
            pod: dict[str, Any] = found.body["spec"]["template"]["spec"]
            return pod
    raise ClusterError(
        f"there is no Deployment {HUB_NAMESPACE}/{_HUB} whose image could be used",
        hint="deploy again: that brings the hub back",
    )


def _await_no_server(api: ClusterApi, name: str, pause: Callable[[float], None]) -> None:
    for _ in range(_SERVER_ATTEMPTS):
        pods = api.list(_PODS, namespace=HUB_NAMESPACE, labels={COMPONENT: SERVER_COMPONENT})
        theirs = [pod for pod in pods if pod.annotations.get(_NAME_OF_USER) == name]
        if not theirs:
            return
        pause(_PAUSE_SECONDS)
    raise ClusterError(
        f"the server of {name} does not end; the home is where it was",
        hint=f"look at pod {theirs[0].path}, and run the same command again",
    )


def _await_job(api: ClusterApi, name: str, job: str, pause: Callable[[float], None]) -> None:
    for _ in range(_JOB_ATTEMPTS):
        found = _status(api.list(_JOBS, namespace=HUB_NAMESPACE), job)
        if found.get("succeeded"):
            return
        if found.get("failed"):
            break
        pause(_PAUSE_SECONDS)
    raise ClusterError(
        f"the home of {name} could not be put away; it is where it was",
        hint=f"kubectl --namespace {HUB_NAMESPACE} logs job/{job} says why; then run the same "
        "command again",
    )


def _status(jobs: tuple[ClusterObject, ...], name: str) -> dict[str, Any]:
    body = next((each.body for each in jobs if each.name == name), {})
    return dict(body.get("status") or {})
