"""Turn what pydantic says about a value into a sentence and the line to write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.document import (
    KeyPath,
    ListNode,
    MapNode,
    Node,
    Scalar,
    dotted,
    find,
    place_of,
)
from jupyterhub_eks.config.lookup import AUTH_MODELS, PROFILE_KEYS, field_at, keys_at
from jupyterhub_eks.config.suggest import closest, did_you_mean
from jupyterhub_eks.config.units import number_without_unit, quantity
from jupyterhub_eks.problems import Problem
from jupyterhub_eks.versions import DEFAULT_KUBERNETES, KUBERNETES_VERSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic.fields import FieldInfo

_YES: Final = {
    "yes": "true",
    "y": "true",
    "on": "true",
    "no": "false",
    "n": "false",
    "off": "false",
}


class Explainer:
    """Explains errors against the tree they were found in.

    Args:
        root: Tree of the file, or of all merged files.
    """

    def __init__(self, root: Node) -> None:
        self._root = root
        auth_type = find(root, ("auth", "type"))
        self._auth_type = auth_type.value if isinstance(auth_type, Scalar) else "dummy"

    def path(self, error: Mapping[str, Any]) -> KeyPath:
        """Return the key path of an error, without the union tags pydantic puts in."""
        loc = tuple(part for part in error["loc"] if part != "[key]")
        if loc[:1] == ("auth",) and len(loc) > 1 and loc[1] in AUTH_MODELS:
            loc = loc[:1] + loc[2:]
        if loc == ("auth",) and error["type"].startswith("union_tag"):
            return ("auth", "type")
        return loc

    def problem(self, error: Mapping[str, Any]) -> Problem:
        """Return the problem for one entry of ``ValidationError.errors()``."""
        path = self.path(error)
        kind = error["type"]
        message, hint = self._explain(kind, path, error)
        at_key = kind == "extra_forbidden"
        place = place_of(self._root, path, key=at_key)
        return Problem(
            path=dotted(path),
            message=message,
            hint=hint,
            file=place.file,
            line=place.line,
            column=place.column,
        )

    def _explain(self, kind: str, path: KeyPath, error: Mapping[str, Any]) -> tuple[str, str]:
        key = str(path[-1]) if path else "the file"
        node = find(self._root, path)
        if kind == "extra_forbidden":
            return self._unknown_key(key, path)
        if kind in ("missing", "union_tag_not_found"):
            return self._missing(key, path)
        if kind in ("literal_error", "union_tag_invalid"):
            return _choice(path, node, _allowed(error))
        if handler := _TYPE_HANDLERS.get(kind):
            return handler(path, node, self._field(path))
        return self._limit(path, node, error)

    def _field(self, path: KeyPath) -> FieldInfo | None:
        return field_at(path, self._auth_type)

    def _missing(self, key: str, path: KeyPath) -> tuple[str, str]:
        if path == ("auth", "type"):
            return "`auth` does not say its `type`", f"add `type: {' | '.join(AUTH_MODELS)}`"
        info = self._field(path)
        text = info.description if info and info.description else ""
        return f"`{key}` is missing", f"add `{key}: …`. {text}".strip()

    def _unknown_key(self, key: str, path: KeyPath) -> tuple[str, str]:
        parent = path[:-1]
        message = f"unknown key `{key}`" + (f" in `{dotted(parent)}`" if parent else "")
        known = keys_at(parent, self._auth_type)
        if parent == ("auth",):
            owners = [name for name, model in AUTH_MODELS.items() if key in model.model_fields]
            if owners:
                return (
                    f"`{key}` does not belong to `type: {self._auth_type}`",
                    f"it belongs to `type: {' or '.join(owners)}`; change the type or remove it",
                )
        if closest(key, known):
            return message, did_you_mean(key, known)
        if home := _other_home(key, parent):
            return message, home
        return message, did_you_mean(key, known)

    def _limit(self, path: KeyPath, node: Node | None, error: Mapping[str, Any]) -> tuple[str, str]:
        key = str(path[-1]) if path else "the file"
        info = self._field(path)
        about = (info.description or "") if info else ""
        ctx = error.get("ctx", {})
        shown = _shown(node)
        kind = error["type"]
        if kind in _LIMITS:
            template, name = _LIMITS[kind]
            if word := _DIRECTIONS.get(name):
                about = f"write `{_line_key(path)}{ctx[name]}` or {word}. {about}"
            return f"`{key}: {shown}` is {template.format(ctx[name])}", about
        if kind == "string_pattern_mismatch":
            if fixed := quantity(shown):
                return f"`{key}: {shown}` has a unit that is not known", f"write `{key}: {fixed}`"
            if path == ("name",) and (slug := _slug(shown)):
                about = f"write e.g. `name: {slug}`. {about}"
            return f"`{key}: {shown}` does not have the expected form", about
        return f"`{key}`: {error['msg']}", about


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("0123456789-")


_DIRECTIONS: Final = {"ge": "more", "le": "less"}
_LIMITS: Final = {
    "greater_than_equal": ("too small; the least is {}", "ge"),
    "greater_than": ("too small; it must be more than {}", "gt"),
    "less_than_equal": ("too large; the most is {}", "le"),
    "less_than": ("too large; it must be less than {}", "lt"),
    "too_short": ("too short; at least {} are needed", "min_length"),
    "too_long": ("too long; at most {} are allowed", "max_length"),
    "string_too_short": ("too short; at least {} characters", "min_length"),
    "string_too_long": ("too long; at most {} characters", "max_length"),
}


def _shown(node: Node | None) -> str:
    if isinstance(node, Scalar):
        return node.text if len(node.text) <= 60 else node.text[:57] + "…"
    return "[…]" if isinstance(node, ListNode) else "{…}" if isinstance(node, MapNode) else ""


def _allowed(error: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the choices that pydantic quotes, e.g. ``'a', 'b' or 'c'`` or ``0, 1 or 7``."""
    ctx = error.get("ctx", {})
    text = str(ctx.get("expected", "") or ctx.get("expected_tags", ""))
    return tuple(re.findall(r"'([^']*)'", text)) or tuple(re.findall(r"\d+", text))


def _choice(path: KeyPath, node: Node | None, allowed: tuple[str, ...]) -> tuple[str, str]:
    shown = _shown(node)
    line = _line_key(path)
    message = f"`{line}{shown}` is not one of {', '.join(allowed)}"
    if allowed and all(choice.isdigit() for choice in allowed):
        number = number_without_unit(str(path[-1]), shown)
        if number is None:
            return message, "write a number from the list"
        nearest = min(allowed, key=lambda choice: abs(int(choice) - number))
        return message, f"the nearest is `{line}{nearest}`"
    if match := closest(shown, allowed):
        return message, f"did you mean `{line}{match}`?"
    return message, "write one of them"


def _other_home(key: str, parent: KeyPath) -> str:
    """Say where a known key belongs that stands in the wrong place."""
    if not parent and key in PROFILE_KEYS:
        return f"`{key}` belongs in profiles.yaml"
    sections = ("network", "cluster", "storage", "auth", "access", "idle", "state")
    if not parent and key in ("network", "cluster", "storage", "auth", "access", "idle", "state"):
        return f"`{key}` belongs in jhub.yaml"
    for section in sections:
        if (section,) != parent and key in keys_at((section,)):
            return f"`{key}` belongs under `{section}:`"
    if parent and key in keys_at(()):
        return f"`{key}` belongs at the left margin of jhub.yaml"
    return ""


def _line_key(path: KeyPath) -> str:
    return f"{path[-1]}: " if path and isinstance(path[-1], str) else "- "


def _explain_bool(path: KeyPath, node: Node | None, _: FieldInfo | None) -> tuple[str, str]:
    shown = _shown(node)
    fixed = _YES.get(shown.lower(), shown.lower() if shown.lower() in ("true", "false") else "")
    return (
        f"`{path[-1]}: {shown}` is not true or false",
        f"write `{_line_key(path)}{fixed}`" if fixed else f"write `{path[-1]}: true` or `false`",
    )


def _explain_number(path: KeyPath, node: Node | None, info: FieldInfo | None) -> tuple[str, str]:
    shown = _shown(node)
    key = str(path[-1])
    whole = info is None or "float" not in str(info.annotation)
    what = "a whole number" if whole else "a number"
    unit = next((name for end, name in _UNITS.items() if key.endswith(end)), "")
    written = f'"{shown}"' if isinstance(node, Scalar) and node.quoted else shown
    message = f"`{key}: {written}` is not {what}" + (f" of {unit}" if unit else "")
    number = number_without_unit(key, shown)
    if number is not None and (isinstance(number, int) or not whole):
        return message, f"write it without unit or quotes: `{_line_key(path)}{number}`"
    return message, (info.description or "") if info else ""


_UNITS: Final = {
    "_gib": "GiB",
    "_days": "days",
    "_hours": "hours",
    "_minutes": "minutes",
}


def _explain_text(path: KeyPath, node: Node | None, info: FieldInfo | None) -> tuple[str, str]:
    key = str(path[-1])
    if not isinstance(node, Scalar):
        kind = "a list" if isinstance(node, ListNode) else "a mapping"
        return f"`{key}` is {kind}; it takes one text", (info.description or "") if info else ""
    if node.value is None:
        return f"`{dotted(path)}` is empty", "write a value, or remove the line"
    if path[-2:-1] == ("memory",) and isinstance(node.value, (int, float)):
        return f"`{key}: {node.text}` has no unit", f"write `{key}: {node.text}G`"
    if key == "account":
        return (
            f"`{key}: {node.text}` is a number; leading zeros would be lost",
            f'write `{key}: "{node.text.zfill(12)}"`, in quotes',
        )
    text = node.text
    known = [entry.minor for entry in KUBERNETES_VERSIONS]
    if path == ("cluster", "version") and text not in known:
        text = DEFAULT_KUBERNETES  # as text, too, it would be refused in the next round
    return (
        f"`{key}: {node.text}` is a {_yaml_kind(node)}; it must be text",
        f'write `{_line_key(path)}"{text}"`, in quotes'
        + (f"; supported: {', '.join(known)}" if text != node.text else ""),
    )


def _yaml_kind(node: Scalar) -> str:
    return "truth value" if isinstance(node.value, bool) else "number"


def _explain_list(path: KeyPath, node: Node | None, info: FieldInfo | None) -> tuple[str, str]:
    key = str(path[-1])
    if isinstance(node, Scalar):
        items = [part.strip() for part in node.text.split(",")] if node.text else ["…"]
        if "0.0.0.0/0" in items:  # it would be refused next
            items = ["<your network>/24"]
        return f"`{key}` must be a list", f"write `{_line_key(path)}[{', '.join(items)}]`"
    return f"`{key}` must be a list, not a mapping", (info.description or "") if info else ""


def _explain_map(path: KeyPath, node: Node | None, info: FieldInfo | None) -> tuple[str, str]:
    key = str(path[-1]) if path else "the file"
    if isinstance(node, Scalar) and key in ("cpu", "memory") and path[:1] == ("profiles",):
        text = quantity(node.text) or node.text
        return (
            f"`{key}: {node.text}` must say guarantee and limit",
            f"write `{key}: {{guarantee: {text}, limit: {text}}}`",
        )
    shown = f"`{key}: {_shown(node)}` " if isinstance(node, Scalar) else f"`{key}` "
    about = (info.description or "") if info else ""
    return f"{shown}must be a mapping of keys to values", f"write `{key}: {{…}}`. {about}".strip()


_TYPE_HANDLERS: Final[dict[str, Callable[..., tuple[str, str]]]] = {
    "bool_type": _explain_bool,
    "bool_parsing": _explain_bool,
    "int_type": _explain_number,
    "int_parsing": _explain_number,
    "int_from_float": _explain_number,
    "float_type": _explain_number,
    "float_parsing": _explain_number,
    "string_type": _explain_text,
    "tuple_type": _explain_list,
    "list_type": _explain_list,
    "dict_type": _explain_map,
    "model_type": _explain_map,
    "model_attributes_type": _explain_map,
}
