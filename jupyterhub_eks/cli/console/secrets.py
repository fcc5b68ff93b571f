"""Secrets of a deployment as text, never their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from jupyterhub_eks.cli.console.columns import GAP
from jupyterhub_eks.cli.console.places import as_typed
from jupyterhub_eks.cli.console.tables import draw_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jupyterhub_eks.orchestration.hub_secrets import HubSecret
    from jupyterhub_eks.orchestration.rotating import Known, Rotated

_WORDS: Final = {
    "rotated": "rotated",
    "finished": "was rotated before; what uses it restarts now",
    "unchanged": "is what is there already",
    "left": "left as it is",
}
_WOULD: Final = {
    "rotated": "would be rotated",
    "finished": "was rotated before; what uses it would restart",
    "unchanged": "is what is there already",
    "left": "would be left as it is",
}

_RESTART: Final = "the hub restarts: its pages are away for about a minute, servers go on"
_WOULD_RESTART: Final = "the hub would restart: its pages away for about a minute, servers go on"


def draw_known(known: Sequence[Known], width: int, typed: Callable[[str], str]) -> list[Text]:
    """Return a table of what there is.

    Args:
        known: The secrets.
        width: Columns of the terminal.
        typed: Returns a command as it is typed for this deployment.
    """
    rows = [
        (each.secret.name, each.secret.where, _when(each), ", ".join(each.secret.users) or "-")
        for each in known
    ]
    pending = [each.secret.name for each in known if each.is_pending]
    head = ("secret", "lives in", "made", "used by")
    lines = list(draw_table(rows, width, head=head, left=range(len(head))))
    if pending:
        names = " ".join(pending)
        lines.append(
            Text(
                f"not in use yet: {names}; {as_typed(typed(f'secrets rotate {names}'))} restarts "
                "what uses them",
                "yellow",
            )
        )
    return lines


def draw_rotated(done: Iterable[Rotated], *, dry_run: bool) -> list[Text]:
    """Return a line for each secret, and what users notice."""
    words = _WOULD if dry_run else _WORDS
    lines = []
    restarts = False
    for each in done:
        lines.append(Text.assemble((each.secret.name, "bold"), f" {words[each.result]}"))
        if why := each.reason or (each.secret.notice if _concerns(each) else ""):
            lines.append(Text(f"{' ' * GAP}{why}", "dim"))
        restarts |= _concerns(each)
    if restarts:
        lines.append(Text(_RESTART if not dry_run else _WOULD_RESTART, "dim"))
    return lines


def known_document(known: Iterable[Known]) -> list[dict[str, Any]]:
    """Return what there is for ``--json``."""
    return [
        {
            **_described(each.secret),
            "made": each.made or None,
            "restart_pending": each.is_pending,
        }
        for each in known
    ]


def rotated_document(done: Iterable[Rotated]) -> list[dict[str, Any]]:
    """Return what was done for ``--json``."""
    return [
        {
            "name": each.secret.name,
            "result": each.result,
            "reason": each.reason or None,
            "users_notice": each.secret.notice if _concerns(each) else None,
        }
        for each in done
    ]


def _described(secret: HubSecret) -> dict[str, Any]:
    return {
        "name": secret.name,
        "what": secret.what,
        "origin": secret.origin,
        "secret": secret.secret or None,
        "key": secret.key,
        "used_by": list(secret.users),
    }


def _concerns(done: Rotated) -> bool:
    return done.result in {"rotated", "finished"}


def _when(known: Known) -> str:
    if known.made:
        return known.made[:16].replace("T", " ")
    return {"given": "by you", "aws": "by Cognito"}.get(known.secret.origin, "not yet")
