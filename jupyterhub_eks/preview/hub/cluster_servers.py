"""KubeSpawner in a cluster: it really makes, watches and deletes pods.

Where the cluster's nodes are simulated, no container runs in them. Then JupyterLab is a process
of this machine, started once the pod is reported as running, and ended with it.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch
from urllib.parse import urlsplit

import kubernetes_asyncio.config
from kubernetes_asyncio.client.rest import ApiException
from kubernetes_asyncio.config.kube_config import refresh_token
from tornado.httpclient import AsyncHTTPClient, HTTPError

from jupyterhub_eks.preview.hub.fitting import fitted
from jupyterhub_eks.preview.hub.processes import CannotStart, PreviewSpawner, told
from jupyterhub_eks.preview.hub.server_process import LISTEN_SECONDS, free_port
from jupyterhub_eks.preview.hub.waiting_pod import is_scheduled, why_waiting

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from jupyterhub_eks.preview.document import ClusterFacts, Document

# Until a server in a pod that runs has to answer; JupyterLab starts within a few seconds.
REACH_SECONDS: Final = 60.0
_CONNECT_SECONDS: Final = 3.0
# Servers of JupyterHub send it; others, as of RStudio, lead to their login.
_OF_JUPYTERHUB: Final = "X-JupyterHub-Version"
_BETWEEN_SECONDS: Final = 0.5
_LOG_LINES: Final = 6
_SLACK_SECONDS: Final = 30
_ALONE: Final = "JupyterLab itself is a process of this machine: simulated nodes run no containers."


class ClusterServers(PreviewSpawner):
    """The spawner of one server, whose pod is in a cluster."""

    def __init__(self, *args: Any, **given: Any) -> None:
        def load(**_: object) -> None:
            load_access(self.cluster["kubeconfig"])

        with patch("kubespawner.spawner.load_config", load):
            super().__init__(*args, **given)
        keep_access(self.cluster["kubeconfig"], self.api.api_client.configuration)
        self._address = ""
        self._made: dict[str, Any] = {}

    @property
    def cluster(self) -> ClusterFacts:
        """Where pods are made."""
        return self.document["cluster"]

    def load_state(self, state: dict[str, Any]) -> None:
        """Take what an earlier hub knew; its namespace is gone."""
        super().load_state({key: each for key, each in state.items() if key != "namespace"})

    def start(self) -> Awaitable[str]:
        """Start the server; the hub waits longer than the spawner, which knows the reason."""
        longest = self.cluster["seconds"] + max(LISTEN_SECONDS, REACH_SECONDS)
        self.start_timeout = int(longest) + _SLACK_SECONDS
        made: Awaitable[str] = super().start()
        return made

    async def _start(self) -> str:
        """Make the pod, and return the URL of its server once that answers.

        Raises:
            CannotStart: The cluster does not run the pod, or the server does not answer.
        """
        self._address = ""
        try:
            async with asyncio.timeout(self.cluster["seconds"]):
                url = str(await super()._start())
        except TimeoutError as error:
            raise CannotStart(self._why_not()) from error
        except ApiException as error:
            raise CannotStart(f"{self.cluster['title']} refuses: {_said(error)}") from error
        if not self.cluster["simulated"]:
            await self._reach(url)
            return url
        port = free_port()
        with told():
            self._local, notes = await self._process(self._made, port)
            await self._keep_fitted(notes)
            await self._local.start()
            await self._local.listening(port)
        self._address = f"http://127.0.0.1:{port}"
        return self._address

    async def _make_create_pod_request(self, pod: Any, request_timeout: float) -> bool:
        """Post the pod as the cluster can take it, and show it."""
        if not isinstance(pod.spec, dict):
            self._made = self._plain(pod)
            pod.spec = (await self._keep_fitted(()))["spec"]
        return bool(await super()._make_create_pod_request(pod, request_timeout))

    async def _keep_fitted(self, more: Any) -> dict[str, Any]:
        """Keep the pod as the cluster gets it for the page; return it."""
        pod, notes = fitted(self._made, self.cluster)
        place = f"The pod is really in {self.cluster['title']}, namespace {self.namespace}."
        alone = [_ALONE] if self.cluster["simulated"] else []
        await self._keep(pod, [place, *alone, *notes, *more])
        return pod

    def _get_pod_url(self, pod: dict[str, Any]) -> str:
        """Return where the server of a pod answers; that of a simulated node has an own place."""
        return self._address or str(super()._get_pod_url(pod))

    def _pod(self) -> dict[str, Any] | None:
        """Return the pod as the cluster last told of it."""
        reflector = self.pod_reflector
        found: dict[str, Any] | None = (
            reflector.pods.get(f"{self.namespace}/{self.pod_name}") if reflector else None
        )
        return found

    def _why_not(self) -> str:
        pod, seconds = self._pod(), self.cluster["seconds"]
        waits = "did not run" if is_scheduled(pod) else "found no node"
        return f"The pod {waits} within {seconds} s in {self.cluster['title']}: {why_waiting(pod)}"

    async def _reach(self, url: str) -> None:
        """Return once the server in the pod can be reached.

        Raises:
            CannotStart: It cannot; says what to do.
        """
        place = urlsplit(url)
        until = asyncio.get_running_loop().time() + REACH_SECONDS
        while asyncio.get_running_loop().time() < until:
            if await _answers(f"{url}{self.server.base_url}api"):
                return
            await asyncio.sleep(_BETWEEN_SECONDS)
        raise CannotStart(
            f"The pod runs, but its server does not answer at {place.netloc} within "
            f"{REACH_SECONDS:.0f} s. This machine must reach the addresses of pods, and pods must "
            f"reach the hub at {self.cluster['address']}:{self.document['hub_port']}: use a "
            "cluster on this machine (kind, minikube) or a network that leads there, or "
            f"`jhub preview --cluster`. {await self._log_of_pod()}"
        )

    async def _log_of_pod(self) -> str:
        try:
            text = await self.api.read_namespaced_pod_log(
                self.pod_name, self.namespace, container="notebook", tail_lines=_LOG_LINES
            )
        except ApiException as error:
            return f"Its log cannot be read: {_said(error)}"
        return f"The end of its log: {text.strip() or 'it is empty'}"

    async def poll(self) -> int | None:
        """Return how the server has ended; None while it runs or starts."""
        code = await super().poll()
        if code is not None:
            await self._end_process()
            return int(code)
        ended = None if self._local is None or self._is_starting() else self._local.poll()
        if ended is not None:
            await self.stop(now=True)
        return ended

    async def stop(self, now: bool = False) -> None:  # noqa: FBT001, FBT002 - as it is called
        """End the server and delete its pod."""
        if self._is_starting() and asyncio.current_task() is not self._start_future:
            self._start_future.cancel()
        await self._end_process()
        await super().stop(now)

    def _is_starting(self) -> bool:
        return self._start_future is not None and not self._start_future.done()


@cache
def load_access(path: str) -> Any:
    """Let every client of Kubernetes in this process use a kubeconfig; return what has read it."""

    def load() -> Any:
        return asyncio.run(kubernetes_asyncio.config.load_kube_config(config_file=path))

    # A loop runs in this thread already.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(load).result()


@cache
def keep_access(path: str, configuration: Any) -> asyncio.Task[None]:
    """Ask for another token whenever one expires, where a program makes them, as for EKS."""
    return asyncio.create_task(refresh_token(load_access(path), configuration))


async def _answers(url: str) -> bool:
    """Return whether a server answers, and not whatever else the network may put there."""
    try:
        answer = await AsyncHTTPClient().fetch(
            url, raise_error=False, follow_redirects=False, request_timeout=_CONNECT_SECONDS
        )
    except (OSError, HTTPError):
        return False
    return _OF_JUPYTERHUB in answer.headers or answer.code < HTTPStatus.BAD_REQUEST


def _said(error: ApiException) -> str:
    """Return what an API has answered: in its own words, if it has any."""
    try:
        return str(json.loads(error.body or "")["message"])
    except (ValueError, KeyError, TypeError):
        return f"{error.status} {error.reason}"


def cluster_servers(document: Document) -> type[ClusterServers]:
    """Return the spawner of a previewed hub."""
    return type("ClusterServers", (ClusterServers,), {"document": document})
