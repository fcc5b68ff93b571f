"""Read the API server's audit log: who changed what, in the order it was carried out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Change:
    """One call that asked for a change.

    Attributes:
        verb: ``create``, ``update``, ``patch``, ``delete`` or ``deletecollection``.
        resource: Plural with subresource, e.g. ``pods`` or ``nodes/status``.
        group: API group; empty for the core.
        namespace: Empty for what has none.
        name: Empty where the call names none, e.g. for a collection.
        user: Who asked.
        code: HTTP status of the answer.
        at: When it was answered, RFC 3339.
    """

    verb: str
    resource: str
    group: str
    namespace: str
    name: str
    user: str
    code: int
    at: str

    @property
    def ok(self) -> bool:
        """Whether it was carried out."""
        return self.code < 300


def read_changes(log: Path) -> Iterator[Change]:
    """Yield the changes of an audit log in order; a line still being written is left out.

    Raises:
        OSError: It cannot be read.
    """
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n"):
                event = json.loads(line)
                if event.get("stage") == "ResponseComplete" and event.get("objectRef"):
                    yield _change(event)


def _change(event: dict[str, Any]) -> Change:
    what = event["objectRef"]
    resource, part = what.get("resource", ""), what.get("subresource", "")
    return Change(
        verb=event["verb"],
        resource=f"{resource}/{part}" if part else resource,
        group=what.get("apiGroup", ""),
        namespace=what.get("namespace", ""),
        name=what.get("name", ""),
        user=event.get("user", {}).get("username", ""),
        code=int(event.get("responseStatus", {}).get("code", 0)),
        at=event.get("stageTimestamp", ""),
    )
