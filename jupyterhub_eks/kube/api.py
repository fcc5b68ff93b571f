"""``cluster_port.ClusterApi`` on a real Kubernetes API.

EKS tokens are valid for a quarter of an hour and waits may be longer, so the client is
made anew, with a new token, well before that.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

import httpx2
from httpx2 import HTTPStatusError
from lightkube.core.exceptions import ApiError
from lightkube.generic_resource import (
    GenericGlobalResource,
    GenericNamespacedResource,
    create_api_info,
)
from lightkube.types import CascadeType, PatchType

from jupyterhub_eks.cluster_port import ClusterObject, Kind
from jupyterhub_eks.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lightkube import Client

T = TypeVar("T")
_TOKEN_SECONDS: Final = 600.0
_ATTEMPTS: Final = 5
_PAUSE_SECONDS: Final = 2.0
_DEPLOYMENT: Final = Kind("apps", "v1", "Deployment", "deployments")
_MANAGER: Final = "jhub"
_BUSY: Final = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


class KubernetesApi:
    """The API of one cluster; calls are repeated while it is too busy to answer.

    Args:
        connect: Makes a client whose token is fresh.
        check: Raises when the run was asked to stop; called before an API is asked again.
        tell: Told that it is asked again.
        clock: Tells the time, in seconds.
        sleep: Waits for some seconds.
    """

    def __init__(
        self,
        connect: Callable[[], Client],
        *,
        check: Callable[[], None] = lambda: None,
        tell: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._connect = connect
        self._check = check
        self._tell = tell
        self._clock = clock
        self._sleep = sleep
        self._client: Client | None = None
        self._made_at = 0.0

    def list(
        self, kind: Kind, *, namespace: str = "", labels: Mapping[str, str] | None = None
    ) -> tuple[ClusterObject, ...]:
        """Return the objects of a kind; none too where the API does not know the kind."""
        where: dict[str, Any] = {}
        if kind.namespaced:
            where["namespace"] = namespace or "*"

        def ask() -> tuple[ClusterObject, ...]:
            found = self._connected().list(_resource(kind), labels=dict(labels or {}), **where)
            return tuple(_parse(each.to_dict()) for each in found)

        try:
            return self._repeated(ask)
        except HTTPStatusError as error:
            if error.response.status_code == HTTPStatus.NOT_FOUND:
                return ()
            raise _refused(f"list {kind.plural}", error) from error

    def delete(self, kind: Kind, found: ClusterObject) -> None:
        """Ask for the deletion of an object; one that is gone already is fine."""
        where: dict[str, Any] = {"namespace": found.namespace} if kind.namespaced else {}

        def ask() -> None:
            self._connected().delete(
                _resource(kind), found.name, cascade=CascadeType.BACKGROUND, **where
            )

        try:
            self._repeated(ask)
        except HTTPStatusError as error:
            if error.response.status_code != HTTPStatus.NOT_FOUND:
                raise _refused(f"delete {kind.kind} {found.path}", error) from error

    def create(self, kind: Kind, body: Mapping[str, Any]) -> None:
        """Make an object; one of its name that is there already is left as it is."""
        metadata = body["metadata"]
        where: dict[str, Any] = {"namespace": metadata["namespace"]} if kind.namespaced else {}

        def ask() -> None:
            resource = _resource(kind)
            self._connected().create(resource.from_dict(dict(body)), **where)

        try:
            self._repeated(ask)
        except HTTPStatusError as error:
            if error.response.status_code != HTTPStatus.CONFLICT:
                raise _refused(f"create {kind.kind} {metadata['name']}", error) from error

    def scale(self, namespace: str, deployment: str, replicas: int) -> bool:
        """Set the replicas of a Deployment; return whether there is one."""

        def ask() -> None:
            self._connected().patch(
                _resource(_DEPLOYMENT),
                deployment,
                {"spec": {"replicas": replicas}},
                namespace=namespace,
                patch_type=PatchType.MERGE,
            )

        try:
            self._repeated(ask)
        except HTTPStatusError as error:
            if error.response.status_code == HTTPStatus.NOT_FOUND:
                return False
            raise _refused(f"scale Deployment {namespace}/{deployment}", error) from error
        return True

    def merge(self, kind: Kind, found: ClusterObject, changes: Mapping[str, Any]) -> None:
        """Lay changes over an object (RFC 7386)."""
        self._patch(kind, found, changes, patch_type=PatchType.MERGE, field_manager=_MANAGER)

    def apply(
        self, kind: Kind, found: ClusterObject, body: Mapping[str, Any], manager: str
    ) -> None:
        """Apply an object on the server in the name of ``manager``, whatever others say."""
        how = {"patch_type": PatchType.APPLY, "field_manager": manager, "force": True}
        self._patch(kind, found, body, **how)

    def _patch(self, kind: Kind, found: ClusterObject, body: Mapping[str, Any], **how: Any) -> None:
        where: dict[str, Any] = {"namespace": found.namespace} if kind.namespaced else {}

        def ask() -> None:
            self._connected().patch(_resource(kind), found.name, dict(body), **where, **how)

        try:
            self._repeated(ask)
        except HTTPStatusError as error:
            raise _refused(f"change {kind.kind} {found.path}", error) from error

    def close(self) -> None:
        """End the connection; the next call makes another one."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _connected(self) -> Client:
        now = self._clock()
        if self._client is None or now - self._made_at > _TOKEN_SECONDS:
            self.close()
            self._client = self._connect()
            self._made_at = now
        return self._client

    def _repeated(self, ask: Callable[[], T]) -> T:
        """Return the answer; an API that is away for a moment is asked again."""
        for attempt in range(1, _ATTEMPTS):
            try:
                return ask()
            except httpx2.TransportError:
                self._tell(f"the Kubernetes API does not answer: asking again ({attempt})")
            except HTTPStatusError as error:
                if error.response.status_code == HTTPStatus.UNAUTHORIZED:
                    self.close()  # a token that has just expired
                elif error.response.status_code not in _BUSY:
                    raise
            self._check()
            self._sleep(_PAUSE_SECONDS)
        with _reached():
            return ask()


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except httpx2.TransportError as error:
        raise ClusterError(
            "the Kubernetes API does not answer",
            cause=_cause(error),
            hint="on AWS, check that this machine's network reaches it "
            "(`cluster.public_access_cidrs`); on this machine the next run starts it; then run "
            "the same command again, which goes on from here",
        ) from error


def _refused(action: str, error: HTTPStatusError) -> ClusterError:
    hints = {
        HTTPStatus.UNAUTHORIZED: "the identity that deploys needs an access entry of the cluster "
        "(`cluster.admins`); if it has one, run the same command again: the API may not have "
        "been able to ask AWS who it is",
        HTTPStatus.FORBIDDEN: "the identity that deploys needs an access entry of the cluster "
        "that makes it an administrator (`cluster.admins`)",
    }
    status = HTTPStatus(error.response.status_code)
    return ClusterError(
        f"the Kubernetes API refuses to {action}",
        cause=_message(error),
        hint=hints.get(status, "run the same command again, which goes on from here"),
    )


def _cause(error: httpx2.TransportError) -> str:
    try:
        where = str(error.request.url.netloc.decode())
    except RuntimeError:  # it failed before there was a request
        where = ""
    return f"{where}: {error}".removeprefix(": ") or type(error).__name__


def _message(error: HTTPStatusError) -> str:
    said = error.status.message if isinstance(error, ApiError) else ""
    return said or str(error).partition("\n")[0]


@cache
def _resource(kind: Kind) -> Any:
    """Return a class for a kind that lightkube's registry does not know.

    The registry holds one class for a kind, which another part of the program may want
    to be lightkube's own.
    """
    base = GenericNamespacedResource if kind.namespaced else GenericGlobalResource
    info = create_api_info(kind.group, kind.version, kind.kind, kind.plural)
    return type(kind.kind, (base,), {"_api_info": info})


def _parse(body: dict[str, Any]) -> ClusterObject:
    metadata = body.get("metadata", {})
    return ClusterObject(
        name=metadata["name"],
        namespace=metadata.get("namespace", ""),
        labels=metadata.get("labels") or {},
        annotations=metadata.get("annotations") or {},
        finalizers=tuple(metadata.get("finalizers") or ()),
        is_going="deletionTimestamp" in metadata,
        body=body,
    )
