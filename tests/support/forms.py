"""What a browser would send of a form of the hub."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_VOID = frozenset({"input", "img", "br", "meta", "link", "hr"})


@dataclass
class Control:
    """A field.

    Attributes:
        name: Under which it is sent.
        kind: ``radio``, ``text``, ``select`` …
        value: What is sent; of a list the value that is chosen.
        is_chosen: Whether a radio button is the chosen one.
        is_disabled: Whether it, or a fieldset around it, is disabled.
        id: In the page.
        choices: Values of a list.
    """

    name: str
    kind: str
    value: str
    is_chosen: bool
    is_disabled: bool
    id: str
    choices: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """The controls and tags of a page.

    Args:
        text: HTML.

    Attributes:
        controls: Fields in their order.
        ids: Every id, as often as it stands there.
        labels: Ids that labels are for.
        tags: Every tag with its attributes.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.controls: list[Control] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a tag."""
        given = {key: value or "" for key, value in attrs}
        self.tags.append((tag, given))
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "label" and "for" in given:
            self.labels.add(given["for"])
        if tag not in _VOID:
            self._open.append((tag, tag == "fieldset" and "disabled" in given))
        if tag in {"input", "select"}:
            self._add(tag, given)
        if tag == "option" and self.controls and self.controls[-1].kind == "select":
            control = self.controls[-1]
            control.choices.append(given["value"])
            if "selected" in given or len(control.choices) == 1:
                control.value = given["value"]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a tag that closes itself."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close what is open; a page of ours closes everything that it opens."""
        assert self._open, f"</{tag}> closes nothing"
        opened = self._open.pop()[0]
        assert opened == tag, f"</{tag}> closes <{opened}>"

    def sent(self, changes: Mapping[str, str] | None = None) -> dict[str, list[str]]:
        """Return what is sent after some fields have been changed.

        Args:
            changes: New value by name of the field.
        """
        wanted = dict(changes or {})
        chosen = wanted.get("profile")
        found: dict[str, list[str]] = {}
        for control in self.controls:
            if not control.name:
                continue
            is_radio = control.kind == "radio"
            asked = wanted.get(control.name)
            is_on = control.value == asked if is_radio and asked else control.is_chosen
            # The page's script enables the options of the chosen profile, and no others.
            off = control.is_disabled
            if control.name.startswith("profile-option-") and chosen:
                off = not control.name.startswith(f"profile-option-{chosen}--")
            if control.name.endswith("--unlisted-choice"):
                off = asked is None
            if not off and (is_on or not is_radio):
                found[control.name] = [control.value if is_radio else asked or control.value]
        return found

    def _add(self, tag: str, given: Mapping[str, str]) -> None:
        kind = tag if tag == "select" else given.get("type", "text")
        off = "disabled" in given or any(is_off for _, is_off in self._open)
        self.controls.append(
            Control(
                name=given.get("name", ""),
                kind=kind,
                value=given.get("value", ""),
                is_chosen="checked" in given,
                is_disabled=off,
                id=given.get("id", ""),
            )
        )
