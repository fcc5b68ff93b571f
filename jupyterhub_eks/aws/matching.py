"""Look for one configured resource in the account: what every kind has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.aws.listers.paging import items
from jupyterhub_eks.aws.ownership import tag_map
from jupyterhub_eks.aws.session import error_code
from jupyterhub_eks.errors import PreflightError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jupyterhub_eks.aws.ownership import Owner
    from jupyterhub_eks.aws.session import Clients

# How services say that what was asked for does not exist.
GONE: Final = frozenset(
    {
        "AccessPointNotFound",
        "AWS.SimpleQueueService.NonExistentQueue",
        "FileSystemNotFound",
        "NoSuchEntity",
        "NotFoundException",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
    }
)
_UNFINISHED: Final = frozenset({"creating", "pending"})


@dataclass(frozen=True)
class Search:
    """Where and for whom is looked; ``settings`` are those of the resource that is wanted."""

    clients: Clients
    owner: Owner
    settings: Mapping[str, Any]

    def known(self, *names: str) -> tuple[str, ...] | None:
        """Return the values of arguments; None if one of them is not known."""
        values = tuple(self.settings.get(name) for name in names)
        return tuple(map(str, values)) if all(values) else None

    def owns(self, tags: dict[str, str] | list[dict[str, Any]] | None) -> bool:
        """Return whether tags, in either form, are the owner's and those of this resource."""
        found = tags if isinstance(tags, dict) else tag_map(tags)
        wanted = (self.settings.get("tags") or {}).get("Name")
        return self.owner.owns(found) and wanted in (None, found.get("Name"))


def require_finished(what: str, state: str) -> None:
    """Let nothing be taken over that AWS is still making.

    Raises:
        PreflightError: It is.
    """
    if state.lower() in _UNFINISHED:
        raise PreflightError(
            f"AWS is still making {what}, which an interrupted run began",
            cause=f"its state is {state}",
            hint="wait some minutes (a cluster takes ten) and run the same command again",
        )


def asked(call: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
    """Return the answer of a call; empty if what was asked for does not exist."""
    try:
        answer: dict[str, Any] = call(**arguments)
    except Exception as error:
        if error_code(error) in GONE:
            return {}
        raise
    return answer


def listed(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
    """Return all items of a list; none if what they would be part of does not exist."""
    try:
        return list(items(client, operation, key, **arguments))
    except Exception as error:
        if error_code(error) in GONE:
            return []
        raise


def only(found: Iterable[str]) -> str | None:
    """Return the one that was found; nothing if there are several to choose from."""
    candidates = list(found)
    return candidates[0] if len(candidates) == 1 else None
