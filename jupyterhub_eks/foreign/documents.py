"""The documents of files that others wrote: YAML, several in a file if need be, or JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.decoding import decode
from jupyterhub_eks.config.document import ListNode, MapNode, Node, Place, Scalar, problem_at
from jupyterhub_eks.config.opening import Advice, read_bytes
from jupyterhub_eks.config.parsing import fast_events
from jupyterhub_eks.config.reader import ReadDocument, ReadError, read_documents
from jupyterhub_eks.foreign.jsontext import read_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jupyterhub_eks.problems import Problem

# Values files of large hubs have some hundred KiB.
MOST_BYTES: Final = 16 << 20
MOST_NODES: Final = 2_000_000
_ADVICE: Final = Advice(
    missing="check the path",
    example="values.yaml",
    piped="helm get values hub | jhub profiles check",
    stream="`-`",
    large="take out what is not about profiles and node pools",
)
# Helm and Jinja, Terraform and shell.
_TEMPLATE: Final = re.compile(r"\{\{.*\}\}|\{%.*%\}|\$\{[^}]*\}", re.DOTALL)
# A line of its own, or a value without quotes: either is no YAML.
_CONTROL: Final = re.compile(r"^[ \t]*(?:[\w.-]+:[ \t]+|-[ \t]+)*\{[{%]", re.MULTILINE)
# What KubeSpawner fills in for each user; `{value}` is what a user has entered.
_PER_USER: Final = re.compile(
    r"\{(?:value|username|userid|user_server|servername|escaped_\w+|unescaped_\w+|safe_\w+|"
    r"pod_name|pvc_name|namespace|hubnamespace)\}"
)


@dataclass(frozen=True, kw_only=True)
class Documents:
    """What is in a file.

    Attributes:
        roots: Its documents.
        problems: What is written twice.
        tagged: Where values with a tag stand, which are not what they seem.
    """

    roots: tuple[Node, ...]
    problems: tuple[Problem, ...] = ()
    tagged: frozenset[Place] = frozenset()


def read_documents_of(path: Path) -> Documents:
    """Return the documents of a file.

    Raises:
        ReadError: It is missing, not text, neither YAML nor JSON, or too large.
    """
    name = str(path)
    return documents(decode(read_bytes(path, MOST_BYTES, _ADVICE), name), name)


def documents(text: str, name: str) -> Documents:
    """Return the documents of text; ``name`` stands in positions.

    Raises:
        ReadError: It is neither YAML nor JSON, or too large.
    """
    if found := read_json(text, name):
        return Documents(roots=(found[0],), problems=found[1])
    try:
        every = read_documents(text, name, most_nodes=MOST_NODES, given=fast_events(text))
        read: list[ReadDocument] = list(every)
    except ReadError as error:
        raise ReadError(*(_for_template(each, text) for each in error.problems)) from error
    return Documents(
        roots=tuple(each.root for each in read),
        problems=tuple(problem for each in read for problem in each.problems),
        tagged=frozenset().union(*(each.tagged for each in read)),
    )


def is_open(node: Node, tagged: frozenset[Place]) -> bool:
    """Whether a value is only known once a template is filled in, or code has run."""
    if tagged and node.place in tagged:
        return True
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return False
    text = node.text
    if "{" not in text:
        return False
    return bool(_TEMPLATE.search(text) or _PER_USER.search(text))


def entry_at(node: Node | None, *keys: str) -> Node | None:
    """Return what stands under keys, one below the other; None where nothing does."""
    for key in keys:
        if not isinstance(node, MapNode) or key not in node.entries:
            return None
        node = node.entries[key].value
    return node


def text_at(node: Node | None, *keys: str) -> str:
    """Return the text under keys; empty where there is none."""
    found = entry_at(node, *keys)
    return found.text if isinstance(found, Scalar) and found.value is not None else ""


def items_at(node: Node | None, *keys: str) -> tuple[Node, ...]:
    """Return the elements of a list, or the values of a mapping sorted by key, under keys.

    KubeSpawner takes the one for the other.
    """
    return values_of(entry_at(node, *keys))


def values_of(node: Node | None) -> tuple[Node, ...]:
    """Return the elements of a list, or the values of a mapping sorted by key."""
    if isinstance(node, ListNode):
        return node.items
    if isinstance(node, MapNode):
        return tuple(node.entries[key].value for key in sorted(node.entries))
    return ()


def texts(node: Node | None) -> Mapping[str, str]:
    """Return a mapping's keys and its single values as text."""
    return dict(_texts(node))


def _texts(node: Node | None) -> Iterator[tuple[str, str]]:
    if isinstance(node, MapNode):
        for key, entry in node.entries.items():
            if isinstance(entry.value, Scalar):
                yield key, entry.value.text


def _for_template(problem: Problem, text: str) -> Problem:
    """Say that a file is a template, where that is why it is not YAML."""
    first = _CONTROL.search(text)
    line = text.count("\n", 0, first.start()) + 1 if first else 0
    if not line or line > problem.line:
        return problem
    return problem_at(
        Place(problem.file, line, 1),
        problem.path,
        "a template that is not filled in, so it is not YAML yet",
        "give the file that comes of it, e.g. of `helm template` or `helm get values`",
    )
