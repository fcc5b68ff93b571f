"""Find characters that no name or text may hold: they move a terminal's cursor or hide letters."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.document import ListNode, MapNode, Node, Place, dotted, problem_at
from jupyterhub_eks.config.samples import line_key, sample_line
from jupyterhub_eks.config.yamltext import as_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterhub_eks.config.document import KeyPath
    from jupyterhub_eks.problems import Problem

_NAMES: Final = {**dict.fromkeys("\n\r\x85\u2028\u2029", "a line break"), "\t": "a tab"}
# Embeddings, overrides and isolates of Unicode's bidirectional algorithm (UAX #9): with them
# a text reads otherwise than it is. Marks of direction are part of ordinary text.
_TURNING: Final = "\u202a-\u202e\u2066-\u2069"
_REFUSED: Final = re.compile(rf"[\x00-\x1f\x7f-\x9f\u2028\u2029{_TURNING}]")
# Of a text in paragraphs the line breaks are meant.
_REFUSED_IN_PARAGRAPHS: Final = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f{_TURNING}]")
_GAP: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
# What a terminal takes for a colour or a title of its window.
_COMMAND: Final = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07\x1b]*\x07?)")
_LONGEST_SHOWN: Final = 100


def unfit_characters(trees: Iterable[MapNode], reported: Iterable[Problem]) -> Iterator[Problem]:
    """Yield a problem for each key or value with a character that it may not hold.

    What other programs read as it is (values of charts, settings of KubeSpawner, values of
    environment variables) may hold any.

    Args:
        trees: What was written.
        reported: What is known to be wrong; of the same keys no more is said.
    """
    known = {problem.path for problem in reported if problem.severity == "error"}
    for tree in trees:
        yield from (each for each in _walk(tree, ()) if each.path not in known)


def is_unseen(text: str) -> bool:
    """Whether nothing of a text is seen: spaces, and characters that only shape others."""
    return not any(not char.isspace() and unicodedata.category(char) != "Cf" for char in text)


def _walk(node: Node, path: KeyPath) -> Iterator[Problem]:
    if _is_free(path):
        return
    if isinstance(node, ListNode):
        for index, item in enumerate(node.items):
            yield from _walk(item, (*path, index))
    elif isinstance(node, MapNode):
        for key, entry in node.entries.items():
            where = (*path, key)
            if found := _REFUSED.search(key):
                good = _mended(key)
                line = f"write `{good}:`" if good else "write a name that can be seen"
                yield _problem(where, entry.key_place, found[0], line)
            else:
                yield from _walk(entry.value, where)
    else:
        in_paragraphs = path[-1:] == ("description",)
        if found := (_REFUSED_IN_PARAGRAPHS if in_paragraphs else _REFUSED).search(node.text):
            yield _problem(path, node.place, found[0], _line(path, _mended(node.text)))


def _is_free(path: KeyPath) -> bool:
    if path == ("hub_values",):
        return True
    within = path[2:] if path[:1] == ("profiles",) else ()
    return within == ("kubespawner_override",) or (len(within) == 2 and within[0] == "environment")


def _line(path: KeyPath, good: str) -> str:
    if good:
        return f"write `{line_key(path)}{as_yaml(good)}`"
    sample = sample_line(path)
    return f"nothing else is in it; write your value{f', e.g. `{sample}`' if sample else ''}"


def _problem(path: KeyPath, place: Place, character: str, hint: str) -> Problem:
    name = _NAMES.get(character) or f"the character U+{ord(character):04X}, {_about(character)}"
    return problem_at(place, dotted(path), f"holds {name}", hint)


def _about(character: str) -> str:
    if unicodedata.category(character) == "Cf":
        return "which changes the direction of the text behind it"
    return "which cannot be shown"


def _mended(text: str) -> str:
    """Return the text in one line, without what it may not hold."""
    plain = re.sub(f"[{_TURNING}]", "", _GAP.sub(" ", _COMMAND.sub("", text))).strip()
    return plain if len(plain) <= _LONGEST_SHOWN else f"{plain[:_LONGEST_SHOWN]}…"
