"""Images of an imported profile: those to choose from, and those that users enter. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.document import MapNode, Scalar
from jupyterhub_eks.config.profile_parts import ANY_IMAGE
from jupyterhub_eks.foreign.documents import entry_at, is_open, text_at
from jupyterhub_eks.foreign.pod_rules import is_image
from jupyterhub_eks.foreign.shapes import is_true
from jupyterhub_eks.foreign.titles import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.document import Node, Place
    from jupyterhub_eks.foreign.losses import Losses
    from jupyterhub_eks.foreign.shapes import Choice, Shape

# The page is made of the pattern without escaping, so ours refuses these.
_ODD: Final = re.compile(r"[\"<>&]|\{[{%#]")
_WRAPPED: Final = re.compile(r"\^\(\?:(.*)\)\$", re.DOTALL)


def images(shape: Shape, tagged: frozenset[Place], losses: Losses) -> dict[str, str]:
    """Return the images of a server by title, the default first.

    Args:
        shape: The server.
        tagged: Where values stand that are not what they seem.
        losses: Takes those that cannot be carried.
    """
    given: list[tuple[str, Node]] = []
    own = shape.settings.get("image")
    choices = [each for each in _free_choices(shape) if "image" in each.override.entries]
    if choices:
        ordered = sorted(choices, key=lambda each: not each.is_default)
        given = [(each.title, each.override.entries["image"].value) for each in ordered]
    elif own is not None:
        given = [("Image", own)]
    found: dict[str, str] = {}
    for title, node in given:
        if not isinstance(node, Scalar) or is_open(node, tagged) or not is_image(node):
            text = node.text if isinstance(node, Scalar) else ""
            losses.of_profile(
                shape.profile,
                f"the image `{text}` is no reference, so it is left out",
                "write one under `images` of the profile",
                node.place,
            )
            continue
        found[_free(plain_text(title) or node.text, found)] = _with_tag(shape, node, losses)
    return found


def unlisted_image(shape: Shape, titles: Mapping[str, str], losses: Losses) -> str:
    """Return the pattern of images that users may enter; empty: none.

    Never wider than it was: the whole reference has to match, and one needs a tag or a digest
    where nothing else is asked.

    Args:
        shape: The server.
        titles: Images to choose from, without which ours has no such entry.
        losses: Takes what cannot be carried.
    """
    found = ""
    options = entry_at(shape.profile.node, "profile_options")
    for name, option in options.entries.items() if isinstance(options, MapNode) else ():
        unlisted = entry_at(option.value, "unlisted_choice")
        if not is_true(entry_at(unlisted, "enabled")):
            continue
        entered = entry_at(unlisted, "kubespawner_override")
        keys = set(entered.entries) if isinstance(entered, MapNode) else set()
        regex = text_at(unlisted, "validation_regex")
        pattern = _pattern(regex)
        is_plain = keys == {"image"} and text_at(entered, "image") == "{value}"
        if found or not is_plain or not titles or not pattern:
            losses.of_profile(
                shape.profile,
                f"users cannot enter a value of their own for `{name}`",
                "list what they may choose",
                option.key_place,
            )
            continue
        found = pattern
        if not regex:
            losses.of_profile(
                shape.profile,
                f"what users enter for `{name}` has to be an image with a tag or a digest here",
                place=option.key_place,
            )
        elif not _WRAPPED.fullmatch(regex) and not (regex[0] == "^" and regex[-1] == "$"):
            losses.of_profile(
                shape.profile,
                f"what users enter for `{name}` has to match as a whole here, not at its beginning",
                "write `.*` after `unlisted_image` if more may follow",
                option.key_place,
            )
    return found


def _pattern(regex: str) -> str:
    """Return the pattern of a whole reference; empty: ours cannot say it."""
    if not regex:
        return ANY_IMAGE
    wrapped = _WRAPPED.fullmatch(regex)
    pattern = wrapped[1] if wrapped and _is_regex(wrapped[1]) else regex
    return pattern if _is_regex(pattern) and not _ODD.search(pattern) else ""


def _is_regex(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _free(title: str, taken: dict[str, str]) -> str:
    number, found = 1, title
    while found in taken:
        number += 1
        found = f"{title} {number}"
    return found


def _free_choices(shape: Shape) -> Iterator[Choice]:
    """Yield the choices that the server itself has not made."""
    made = {each.option for each in shape.choices}
    for choices in shape.profile.options:
        if not any(each.places or each.option in made for each in choices):
            yield from choices


def _with_tag(shape: Shape, node: Scalar, losses: Losses) -> str:
    image = node.text
    if "@" in image or ":" in image.rpartition("/")[2]:
        return image
    losses.of_profile(
        shape.profile,
        f"the image `{image}` has no tag, so it is `latest`",
        "write a fixed tag",
        node.place,
    )
    return f"{image}:latest"
