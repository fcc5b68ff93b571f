"""The pods that a cluster would have been asked for, kept as files in the state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypedDict
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterhub_eks.preview.document import SizeFacts

FOLDER: Final = "pods"
# Besides these, whatever a name says is a secret.
_SECRET_VARIABLES: Final = ("JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN")
_SECRET_WORDS: Final = ("TOKEN", "SECRET", "PASSWORD", "PRIVATE_KEY", "CREDENTIAL")
MASK: Final = "********"


class PodRecord(TypedDict):
    """A pod, and what is known of it.

    Attributes:
        user: Whose server it is.
        server: Name of the server; empty for the one without a name.
        profile: Slug of the chosen profile.
        size: Slug of its size.
        pod: As it would be posted, secrets masked.
        facts: What the proof of schedulability says; None if nothing is known.
        notes: What is not as in a cluster.
    """

    user: str
    server: str
    profile: str
    size: str
    pod: dict[str, Any]
    facts: SizeFacts | None
    notes: list[str]


def write(state: Path, record: PodRecord) -> None:
    """Keep the pod of a server; the one before is replaced.

    Raises:
        OSError: The state cannot be written.
    """
    folder = state / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Names are the users' own choice: a slash in one of them leads nowhere.
    name = f"{quote(record['user'], safe='')}--{quote(record['server'], safe='')}.json"
    masked: PodRecord = {**record, "pod": without_secrets(record["pod"])}
    unfinished = folder / f".{name}"
    unfinished.write_text(json.dumps(masked, indent=2), encoding="utf-8")
    unfinished.replace(folder / name)


def read(state: Path, user: str | None = None) -> Iterator[PodRecord]:
    """Yield the pods of a user, or of all, by name."""
    for path in sorted((state / FOLDER).glob("*.json")):
        if path.name.startswith("."):
            continue
        record: PodRecord = json.loads(path.read_text(encoding="utf-8"))
        if user is None or record["user"] == user:
            yield record


def without_secrets(pod: dict[str, Any]) -> dict[str, Any]:
    """Return a pod whose variables tell no secret."""
    copy: dict[str, Any] = json.loads(json.dumps(pod))
    spec = copy.get("spec", {})
    for container in (*spec.get("containers", ()), *(spec.get("initContainers") or ())):
        for variable in container.get("env") or ():
            if variable.get("value") and _is_secret(variable["name"]):
                variable["value"] = MASK
    return copy


def _is_secret(name: str) -> bool:
    return name in _SECRET_VARIABLES or any(word in name.upper() for word in _SECRET_WORDS)
