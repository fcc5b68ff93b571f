"""A cluster in which a preview makes its pods, and what it puts there for them. Pure."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.errors import PreviewError
from jupyterhub_eks.preview.hub.chart import value_at
from jupyterhub_eks.preview.hub.placing import content

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.preview.document import ClusterFacts, Document

# Names the preview that an object belongs to.
OWNER: Final = "jhub/preview"
# The chart's, with the files of all servers.
_FILES_SECRET: Final = "singleuser"  # noqa: S105 - a name
# What the chart lets a start take where the values say nothing.
_START_SECONDS: Final = 300


@dataclass(frozen=True, kw_only=True)
class OpenCluster:
    """A cluster that is ready for the pods of a preview.

    Attributes:
        namespace: Of the pods.
        facts: What the hub is told.
        here: What is real in it, and what is not, a line each.
    """

    namespace: str
    facts: ClusterFacts
    here: tuple[str, ...]

    def into(self, document: Document) -> Document:
        """Return a document that leads the hub there."""
        return {**document, "namespace": self.namespace, "cluster": self.facts}


def start_seconds(values: Mapping[str, Any]) -> int:
    """Return how long a start may take, as configured."""
    return int(value_at(values, "singleuser.startTimeout") or _START_SECONDS)


def user_objects(values: Mapping[str, Any], namespace: str) -> Iterator[dict[str, Any]]:
    """Yield what the chart makes for users' pods, and can be made anywhere: files, an account.

    Args:
        values: Of the chart.
        namespace: Of the pods.

    Raises:
        PreviewError: A file is in a form that only the chart can write.
    """
    files = value_at(values, "singleuser.extraFiles") or {}
    if files:
        try:
            data = {key: base64.b64encode(content(file)).decode() for key, file in files.items()}
        except ValueError as error:
            what = "a file of singleuser.extraFiles cannot be previewed"
            raise PreviewError(what, cause=str(error)) from error
        yield {**_object("v1", "Secret", _FILES_SECRET, namespace), "data": data}
    if account := value_at(values, "singleuser.serviceAccountName"):
        yield _object("v1", "ServiceAccount", account, namespace)


def _object(version: str, kind: str, name: str, namespace: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": version, "kind": kind, "metadata": metadata}
