"""Hold the objects that charts make against Kubernetes, before any API call. Pure.

Kinds of Kubernetes itself are held against its OpenAPI, those of Karpenter against its
definitions. Of any other kind, and of what no chart at hand makes, it is told that it
was not checked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.rules.finding import Finding
from jupyterhub_eks.releases.checking import first_fault, is_karpenters
from jupyterhub_eks.releases.model import LocalChart
from jupyterhub_eks.releases.schema_faults import Fault
from jupyterhub_eks.releases.value_origin import origin_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyterhub_eks.releases.model import Release
    from jupyterhub_eks.releases.openapi import Definitions

_USERS: Final = "hub_values"
_DEFINITION: Final = "CustomResourceDefinition"


@dataclass(frozen=True, kw_only=True)
class ObjectFault:
    """What would be refused of an object.

    Attributes:
        release: Whose chart makes it.
        kind: Its kind.
        name: Its name; empty if it has none.
        fault: What is wrong, with the path in it.
        refuser: Who would refuse it, e.g. ``Kubernetes 1.36``.
        manifest: The object.
    """

    release: Release
    kind: str
    name: str
    fault: Fault
    refuser: str
    manifest: Any = field(repr=False)

    def finding(self, hub_values: Mapping[str, Any]) -> Finding:
        """Return it at the key of ``hub_values`` that it comes from, as far as that is clear."""
        origin = origin_of(hub_values, self.manifest, self.fault)
        which = "/".join(filter(None, (self.kind, self.name)))
        return Finding(
            path=() if origin is None else (_USERS, *origin),
            message=f"{self.refuser} would refuse {which} of release {self.release.name}: "
            f"{self.fault.text}",
            hint=self._hint(is_written=origin is not None),
            at_key=self.fault.at_key,
        )

    def _hint(self, *, is_written: bool) -> str:
        if is_written:
            return self.fault.hint or "correct it: the chart carries it into that object as it is"
        if isinstance(self.release.chart, LocalChart):
            advice = "it is made by jhub itself: report it with this message"
        else:
            advice = f"change the key that chart {self.release.chart.name} makes it of"
        return "; ".join(filter(None, (self.fault.hint, advice)))


@dataclass
class ObjectCheck:
    """Looks at objects; remembers what was wrong and what it could not check.

    Attributes:
        definitions: The kinds of the version that is wanted.
        held: How many objects were held against something.
        faults: What would be refused.
        unheld: How many objects of which kind were not, by kind with its group.
        unmade: Why the objects of a release were not made, by the release's name.
    """

    definitions: Definitions
    held: int = 0
    faults: list[ObjectFault] = field(default_factory=list)
    unheld: Counter[str] = field(default_factory=Counter)
    unmade: dict[str, str] = field(default_factory=dict)

    def look(self, release: Release, objects: Sequence[Any], /) -> None:
        """Check the objects of a release."""
        for each in objects:
            for single in _singles(each):
                self._look(release, single)

    def findings(self, hub_values: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield what is wrong, where it was written as far as that is clear."""
        return (each.finding(hub_values) for each in self.faults)

    def _look(self, release: Release, manifest: Any) -> None:
        refuser = f"Kubernetes {self.definitions.minor}"
        if not isinstance(manifest, dict):
            found: list[Fault] | None = [Fault((), "it is not an object but something else")]
        elif is_karpenters(manifest):
            refuser, found = "Karpenter", list(_of_karpenter(manifest))
        else:
            found = self.definitions.faults(manifest)
        kind = (
            str(manifest.get("kind", "an object")) if isinstance(manifest, dict) else "a document"
        )
        if found is None or (kind == _DEFINITION and manifest.keys() == {"apiVersion", "kind"}):
            group = str(manifest["apiVersion"]).rpartition("/")[0]
            self.unheld[kind if kind == _DEFINITION else f"{kind} of {group}"] += 1
            found = [each for each in found or () if not each.path]
        else:
            self.held += 1
        self.faults += (
            ObjectFault(
                release=release,
                kind=kind,
                name=_name(manifest),
                fault=each,
                refuser=refuser,
                manifest=manifest,
            )
            for each in found
        )


def _singles(manifest: Any) -> Iterator[Any]:
    """Yield the objects of a list of objects, which Helm takes apart too."""
    items = manifest.get("items") if isinstance(manifest, dict) else None
    if isinstance(items, list) and manifest.get("kind") == "List":
        for each in items:
            yield from _singles(each)
    else:
        yield manifest


def _of_karpenter(manifest: dict[str, Any]) -> Iterator[Fault]:
    # Labels and annotations are Kubernetes' own matter.
    if fault := first_fault({**manifest, "metadata": {"name": _name(manifest)}}):
        yield Fault((), fault)


def _name(manifest: Any) -> str:
    metadata = manifest.get("metadata") if isinstance(manifest, dict) else None
    return str(metadata.get("name") or "") if isinstance(metadata, dict) else ""
