"""Types of a Helm release; no chart or value is named here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def chart_name(chart: str, version: str = "") -> str:
    """Return a chart's name for people, from its name, its archive, or its path in a stack."""
    path = PurePosixPath(chart)
    # One of our own lies in a folder named by its hash.
    name = (path.parent.name if chart.startswith("./") else "") or path.name
    return name.removesuffix(f"-{version}.tgz")


@dataclass(frozen=True, kw_only=True)
class RemoteChart:
    """A chart in a repository.

    Attributes:
        name: Name of the chart, e.g. ``karpenter``.
        repository: ``https://…`` or ``oci://…``, without the chart's name.
        version: Exact version.
    """

    name: str
    repository: str
    version: str

    @property
    def archive(self) -> str:
        """File name of the packaged chart, as ``helm pull`` and ``--chart-dir`` spell it."""
        return f"{self.name}-{self.version}.tgz"


@dataclass(frozen=True, kw_only=True)
class LocalChart:
    """A chart of the project itself.

    Attributes:
        name: Name of the chart.
        folder: Folder relative to the data root, e.g. ``karpenter/nodes``.
    """

    name: str
    folder: str


@dataclass(frozen=True, kw_only=True)
class ChartFacts:
    """What a chart says about the values it takes.

    Attributes:
        name: Name in its ``Chart.yaml``.
        version: Version there.
        schema: Its ``values.schema.json``; ``None`` if it has none.
        values: Its default values.
        origin: Where this was read, in words.
    """

    name: str
    version: str
    schema: Mapping[str, Any] | None = field(default=None, repr=False)
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    origin: str = ""


@dataclass(frozen=True, kw_only=True)
class Release:
    """One Helm release of a stack.

    Attributes:
        name: Name of the release.
        namespace: Namespace in which Helm records it.
        chart: Where its chart comes from.
        values: The whole of what is given to the chart; may hold Terraform tokens.
        construct_id: Id of the construct in the stack; part of its Terraform address.
        needs: Names of releases of the same stack that must be ready before.
        timeout_seconds: How long Helm waits for its objects.
        skip_crds: Leave the chart's ``crds/`` folder alone; another release owns them.
    """

    name: str
    namespace: str
    chart: RemoteChart | LocalChart
    values: Mapping[str, Any] = field(repr=False)
    construct_id: str
    needs: tuple[str, ...] = ()
    timeout_seconds: int = 600
    skip_crds: bool = False
