"""A login, and a trial of it, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from jupyterhub_eks.cli.console.blocks import heading, pairs
from jupyterhub_eks.oidc.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.oidc.registration import Registration
    from jupyterhub_eks.oidc.verdict import Verdict


def draw_registration(found: Registration) -> Iterator[Text]:
    """Yield what is entered at the provider, and what the hub makes of it."""
    about = f"{found.type}, {found.provider}" if found.provider else found.type
    yield Text.assemble((found.title, "bold"), f"  ({about})")
    yield from _block("At the provider", _entered(found))
    yield from _block("Made by a deploy", [("", each) for each in found.made])
    for each in found.behind:
        rows = [("redirect URL", each.callback)]
        if each.protocol == "saml":
            rows = [("reply (ACS) URL", each.callback), ("entity id", each.entity_id)]
        yield from _block(f"At the provider {each.name} ({each.protocol})", rows)
    yield from _block("At the hub", _at_the_hub(found))
    yield from _block("Secrets", [(each.name, each.source) for each in found.secrets])


def _entered(found: Registration) -> list[tuple[str, str]]:
    if not found.callback or found.made:
        return []
    rows = [
        ("callback (redirect) URL", found.callback),
        ("also, for jhub auth test", found.test_callback),
        ("URL after a logout", found.logout),
        ("grant", found.grant),
        ("client authentication", found.client_authentication),
        ("scopes", " ".join(found.scopes)),
        ("issuer", found.issuer),
        ("client id", found.client_id),
    ]
    return [(label, text) for label, text in rows if text]


def _at_the_hub(found: Registration) -> list[tuple[str, str]]:
    rows = [
        ("user name", found.name),
        ("groups", found.groups),
        ("lets in", "; ".join(found.enters)),
        ("administrators", "; ".join(found.administers) or "nobody"),
        ("never lets in", ", ".join(found.never)),
        ("a logout ends", found.logout_ends),
    ]
    return [(label, text) for label, text in rows if text]


def _block(title: str, rows: list[tuple[str, str]]) -> Iterator[Text]:
    if rows:
        yield Text("")
        yield heading(title)
        yield from pairs(rows)


def draw_verdict(verdict: Verdict) -> Iterator[Text]:
    """Yield what the hub would do with who has logged in."""
    word, style = ("let in", "bold green") if verdict.allowed else ("not let in", "bold red")
    yield Text.assemble((word, style), f"  {plain(verdict.name) or '(no user name)'}")
    rows = [
        ("user name", verdict.name or "none"),
        ("groups", ", ".join(verdict.groups) or "none"),
        ("administrator", "yes" if verdict.admin else "no"),
        *(("because", each) for each in verdict.because),
        *(("unless", each) for each in verdict.unless),
    ]
    # The provider wrote it, or whoever has an account there.
    yield from pairs([(label, plain(text)) for label, text in rows])
