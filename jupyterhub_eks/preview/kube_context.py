"""A namespace of a preview's own in a cluster that somebody has already."""

from __future__ import annotations

import json
import os
import secrets
import socket
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx2

from jupyterhub_eks.errors import ClusterError, LeftoverError
from jupyterhub_eks.local.cluster import user_objects
from jupyterhub_eks.preview import clusters
from jupyterhub_eks.preview.cluster_access import only
from jupyterhub_eks.preview.document import LOOPBACK, ClusterFacts
from jupyterhub_eks.preview.hub.chart import PRIORITY_CLASS
from jupyterhub_eks.preview.permissions import require_permissions
from jupyterhub_eks.replacing import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lightkube import Client

    from jupyterhub_eks.preview.files import PreviewFiles

_FAKE_NODE: Final = "kwok.x-k8s.io/node"
_NAME_BYTES: Final = 4
_GONE_SECONDS: Final = 90.0
_POLL_SECONDS: Final = 0.3
# Any: nothing is sent, the system only chooses the way.
_ANY_PORT: Final = 9


@dataclass(frozen=True, kw_only=True)
class Lodging:
    """Where a preview is in somebody's cluster; kept, so that a later command can clear it.

    Attributes:
        context: Of the user's kubeconfig.
        namespace: Of the preview.
        owner: Tells the preview's namespace from any other of that name.
    """

    context: str
    namespace: str
    owner: str


def new_lodging(context: str) -> Lodging:
    """Return a place that nobody else has."""
    owner = secrets.token_hex(_NAME_BYTES)
    return Lodging(context=context, namespace=f"jhub-preview-{owner}", owner=owner)


def check_context(lodging: Lodging) -> str:
    """Return the address of the cluster in which a preview may do what it needs to.

    Raises:
        ClusterError: There is no such context, no answer, or something is not allowed.
    """
    from jupyterhub_eks.kube.connecting import context_client, find_context  # noqa: PLC0415

    server = str(find_context(lodging.context, os.environ).cluster.server)
    with _answering(server), context_client(lodging.context) as client:
        require_permissions(client, lodging.context, lodging.namespace)
    return server


@contextmanager
def kube_context(
    lodging: Lodging, values: Mapping[str, Any], files: PreviewFiles
) -> Iterator[clusters.OpenCluster]:
    """Have the namespace; afterwards it is gone, with all that is in it.

    Args:
        lodging: Where; checked.
        values: Of the hub's chart.
        files: Where the state of the preview lies; held.

    Raises:
        ClusterError: The API refuses something, or does not answer.
        LeftoverError: The namespace cannot be removed.
    """
    from jupyterhub_eks.kube.connecting import context_client, find_context  # noqa: PLC0415

    found = find_context(lodging.context, os.environ)
    access = only(Path(str(found.fname)), lodging.context)
    replace_file(_access(files), access.encode())
    replace_file(_record(files), json.dumps(asdict(lodging)).encode())
    try:
        server = str(found.cluster.server)
        with _answering(server), context_client(lodging.context) as client:
            _furnish(client, lodging, values)
            facts = _facts(client, lodging, files, clusters.start_seconds(values), server)
        yield clusters.OpenCluster(
            namespace=lodging.namespace, facts=facts, here=_here(lodging, facts)
        )
    finally:
        clear_context(files)


def clear_context(files: PreviewFiles) -> str:
    """Remove the namespace of a preview, if it has one; return its name, empty without.

    Raises:
        LeftoverError: It cannot be removed.
    """
    try:
        known = Lodging(**json.loads(_record(files).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return ""
    from lightkube.core.exceptions import ApiError, ConfigError  # noqa: PLC0415 - slow to load

    try:
        _remove(files, known)
    except (ApiError, ConfigError, httpx2.HTTPError, OSError, ClusterError, KeyError) as error:
        raise LeftoverError(
            f"the namespace {known.namespace} of the preview is still in {known.context}",
            cause=str(error),
            hint="run `jhub preview stop` when the cluster answers, or delete it: "
            f"kubectl --context {known.context} delete namespace {known.namespace}",
        ) from error
    _access(files).unlink(missing_ok=True)
    _record(files).unlink(missing_ok=True)
    return known.namespace


def _remove(files: PreviewFiles, known: Lodging) -> None:
    """Delete the namespace, if it is the preview's, and wait until it is gone."""
    from lightkube.core.exceptions import ApiError  # noqa: PLC0415 - as above
    from lightkube.resources.core_v1 import Namespace  # noqa: PLC0415 - as above

    from jupyterhub_eks.kube.connecting import context_client  # noqa: PLC0415 - as above

    deadline = time.monotonic() + _GONE_SECONDS
    asked = False
    with context_client(known.context, {"KUBECONFIG": str(_access(files))}) as client:
        while True:
            try:
                found = client.get(Namespace, known.namespace)
                labels = (found.metadata and found.metadata.labels) or {}
                if labels.get(clusters.OWNER) != known.owner:
                    return
                if not asked:
                    client.delete(Namespace, known.namespace)
                    asked = True
            except ApiError as error:
                if error.status.code == httpx2.codes.NOT_FOUND:
                    return
                raise
            if time.monotonic() > deadline:
                raise TimeoutError(f"it is not gone after {_GONE_SECONDS:.0f} s")
            time.sleep(_POLL_SECONDS)


def _record(files: PreviewFiles) -> Path:
    return files.home / "cluster.json"


def _access(files: PreviewFiles) -> Path:
    return files.home / "kubeconfig"


@contextmanager
def _answering(server: str) -> Iterator[None]:
    """Say what is wrong with an API that refuses or does not answer."""
    from lightkube.core.exceptions import ApiError  # noqa: PLC0415 - slow to load

    try:
        yield
    except ApiError as error:
        raise ClusterError(
            f"the Kubernetes API at {server} refuses", cause=error.status.message or str(error)
        ) from error
    except (httpx2.HTTPError, TimeoutError) as error:
        raise ClusterError(
            f"the Kubernetes API at {server} does not answer",
            cause=str(error) or type(error).__name__,
            hint="check that the cluster runs and that this machine's network reaches it",
        ) from error


def _furnish(client: Client, lodging: Lodging, values: Mapping[str, Any]) -> None:
    from lightkube.codecs import from_dict  # noqa: PLC0415 - slow to load

    owned = {clusters.OWNER: lodging.owner}
    client.create(from_dict(user_objects.namespace(lodging.namespace, owned)))
    for each in clusters.user_objects(values, lodging.namespace):
        client.create(from_dict(each))
    user_objects.await_account(client, lodging.namespace)


def _facts(
    client: Client, lodging: Lodging, files: PreviewFiles, seconds: int, server: str
) -> ClusterFacts:
    from lightkube.resources.core_v1 import Node  # noqa: PLC0415 - slow to load

    nodes = [each.to_dict() for each in client.list(Node)]
    simulated = bool(nodes) and all(
        _FAKE_NODE in (each["metadata"].get("annotations") or {}) for each in nodes
    )
    return ClusterFacts(
        title=f"the cluster of context {lodging.context}",
        kubeconfig=str(_access(files)),
        simulated=simulated,
        address=LOOPBACK if simulated else _way_to(nodes, server),
        priority_class=_has_priority_class(client),
        volumes=False,
        seconds=seconds,
    )


def _has_priority_class(client: Client) -> bool:
    from lightkube.core.exceptions import ApiError  # noqa: PLC0415 - slow to load
    from lightkube.resources.scheduling_v1 import PriorityClass  # noqa: PLC0415 - as above

    try:
        client.get(PriorityClass, PRIORITY_CLASS)
    except ApiError as error:
        if error.status.code in (httpx2.codes.NOT_FOUND, httpx2.codes.FORBIDDEN):
            return False
        raise
    return True


def _way_to(nodes: list[dict[str, Any]], server: str) -> str:
    """Return the address of this machine on the way to a node, or else to the API."""
    found = (
        each["address"]
        for node in nodes
        for each in (node.get("status") or {}).get("addresses") or ()
        if each["type"] == "InternalIP" and ":" not in each["address"]
    )
    target = next(found, "") or urlsplit(server).hostname or LOOPBACK
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((target, _ANY_PORT))
        except OSError:
            return LOOPBACK
        return str(probe.getsockname()[0])


def _here(lodging: Lodging, facts: ClusterFacts) -> tuple[str, ...]:
    where = f"namespace {lodging.namespace} of {facts['title']}"
    real = (
        "its nodes are simulated: JupyterLab is a process of this machine, whatever image is chosen"
        if facts["simulated"]
        else "servers run in their pods, and find the hub at {address}".format(**facts)
    )
    return (
        f"pods are really made in {where}, which goes with the preview",
        real,
        "homes and the shared folder are empty folders of each pod, and gone with it",
        f"a pod that does not run after {facts['seconds']} s, as configured, fails with its reason",
        f"kubectl --context {lodging.context} --namespace {lodging.namespace} get pods",
    )
