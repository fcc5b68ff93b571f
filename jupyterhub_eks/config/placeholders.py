"""Find what a template left for the user to write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.document import (
    KeyPath,
    ListNode,
    MapNode,
    Node,
    Place,
    Scalar,
    dotted,
    find,
    problem_at,
)
from jupyterhub_eks.config.logins.presets import PRESETS, user_example
from jupyterhub_eks.config.samples import line_key, sample_line
from jupyterhub_eks.config.yamltext import as_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.problems import Problem

# Stands where an answer is still owed; loading refuses it, in any case, and points at it.
PLACEHOLDER: Final = "CHANGEME"
_SOUGHT: Final = PLACEHOLDER.lower()
_PEOPLE: Final[tuple[KeyPath, ...]] = (
    ("auth", "admins"),
    ("auth", "allow", "users"),
    ("auth", "block"),
)


def placeholders(root: Node) -> Iterator[tuple[KeyPath, Problem]]:
    """Yield path and problem of each key or value that still holds the placeholder."""
    yield from _within(root, (), root)


def _within(node: Node, path: KeyPath, root: Node) -> Iterator[tuple[KeyPath, Problem]]:
    if isinstance(node, ListNode):
        for index, item in enumerate(node.items):
            yield from _within(item, (*path, index), root)
    elif isinstance(node, MapNode):
        for key, entry in node.entries.items():
            if _SOUGHT in key.lower():
                hint = "write the name that is meant, or remove the line"
                yield (*path, key), _problem((*path, key), entry.key_place, hint)
            else:
                yield from _within(entry.value, (*path, key), root)
    elif _SOUGHT in node.text.lower():
        yield path, _value(path, node.place, root)


def _value(path: KeyPath, place: Place, root: Node) -> Problem:
    line = _of_the_login(path, root) or sample_line(path)
    return _problem(path, place, f"write your value, e.g. `{line}`" if line else "write your value")


def _of_the_login(path: KeyPath, root: Node) -> str:
    """Return what to write about people and issuer, which depends on login and provider."""
    login, provider, claim = (_text(root, key) for key in ("type", "provider", "username_claim"))
    if path == ("auth", "issuer"):
        known = PRESETS.get(provider or "oidc")
        return line_key(path) + known.issuer if known and known.issuer else ""
    return as_yaml(user_example(login, provider, claim)) if path[:-1] in _PEOPLE else ""


def _text(root: Node, key: str) -> str | None:
    found = find(root, ("auth", key))
    return found.text if isinstance(found, Scalar) else None


def _problem(path: KeyPath, place: Place, hint: str) -> Problem:
    return problem_at(place, dotted(path), f"still holds the placeholder {PLACEHOLDER}", hint)
