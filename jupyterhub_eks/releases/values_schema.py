"""Hold values against a chart's ``values.schema.json`` and find every fault at once. Pure.

A walk over the schema, because compiling one takes longer than all else that
``jhub validate`` does, and compiled ones stop at the first fault. It knows the keywords that
schemas of charts use; one with any other is refused as a whole rather than half heeded.
No value is quoted, as it may be a secret; only where a schema lists the allowed ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jupyterhub_eks.releases.schema_bounds import BOUNDS, matches
from jupyterhub_eks.releases.schema_faults import Fault, UnknownKeywordError, ValuePath
from jupyterhub_eks.releases.schema_types import TYPES, WORDS, equal, kind_of, shown
from jupyterhub_eks.suggest import did_you_mean

_Check = Callable[["_Walk", Mapping[str, Any], Any, ValuePath], Iterator[Fault]]
# Longest list of keys or choices that is worth reading in a message.
_LONGEST_LIST: Final = 12


def faults(schema: Mapping[str, Any], values: Any) -> list[Fault]:
    """Return everything that ``schema`` refuses in ``values``, in the order of the values.

    Raises:
        UnknownKeywordError: The schema cannot be heeded in full.
    """
    return list(dict.fromkeys(_Walk(schema).check(schema, values, ())))


@dataclass(frozen=True)
class _Walk:
    root: Mapping[str, Any]

    def check(self, schema: Any, value: Any, path: ValuePath) -> Iterator[Fault]:
        """Yield the faults of one value."""
        if isinstance(schema, bool):
            if not schema:
                yield Fault(path, "is not taken here", at_key=True)
            return
        for keyword in schema:
            if keyword not in KEYWORDS:
                raise UnknownKeywordError(keyword)
        wrong_type = False
        for keyword, check in _CHECKS.items():
            # Nothing else is worth saying about a value of the wrong type.
            asked = keyword in schema or (keyword == "properties" and not _KEYS.isdisjoint(schema))
            if asked and not wrong_type:
                found = list(check(self, schema, value, path))
                yield from found
                wrong_type = keyword == "type" and bool(found)

    def accepts(self, schema: Any, value: Any) -> bool:
        """Return whether there is no fault."""
        return next(self.check(schema, value, ()), None) is None

    def resolve(self, reference: str) -> Any:
        """Return the part of the schema that a ``#/…`` reference means."""
        if not reference.startswith("#"):
            raise UnknownKeywordError(f"$ref to {reference}")
        found: Any = self.root
        for part in reference.removeprefix("#").split("/")[1:]:
            found = found[part.replace("~1", "/").replace("~0", "~")]
        return found


def _ref(walk: _Walk, schema: Mapping[str, Any], value: Any, path: ValuePath) -> Iterator[Fault]:
    yield from walk.check(walk.resolve(schema["$ref"]), value, path)


def _type(_: _Walk, schema: Mapping[str, Any], value: Any, path: ValuePath) -> Iterator[Fault]:
    wanted = schema["type"]
    names = [wanted] if isinstance(wanted, str) else wanted
    if not any(TYPES[name](value) for name in names):
        words = " or ".join(WORDS[name] for name in names)
        yield Fault(path, f"must be {words}, and is {kind_of(value)}")


def _enum(_: _Walk, schema: Mapping[str, Any], value: Any, path: ValuePath) -> Iterator[Fault]:
    allowed = schema["enum"]
    if not any(equal(value, each) for each in allowed):
        texts = [each for each in allowed if isinstance(each, str) and each]
        said = f"`{value}`" if isinstance(value, str) else kind_of(value)
        yield Fault(
            path,
            f"must be one of {_listed(map(shown, allowed))}, and is {said}",
            hint=did_you_mean(value, texts) if isinstance(value, str) and texts else "",
        )


def _const(_: _Walk, schema: Mapping[str, Any], value: Any, path: ValuePath) -> Iterator[Fault]:
    if not equal(value, schema["const"]):
        yield Fault(path, f"must be {shown(schema['const'])}")


def _keys(walk: _Walk, schema: Mapping[str, Any], value: Any, path: ValuePath) -> Iterator[Fault]:
    """Check the values of a mapping; all three keywords of keys are heeded together."""
    if not isinstance(value, dict):
        return
    listed = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    rest = schema.get("additionalProperties", True)
    for key, inner in value.items():
        below = [listed[key]] if key in listed else []
        below += [each for pattern, each in patterns.items() if matches(pattern, str(key))]
        if not below and rest is False:
            yield _unknown(key, listed, path)
        for each in below or [rest] * (rest is not False):
            yield from walk.check(each, inner, (*path, key))


def _unknown(key: str, listed: Mapping[str, Any], path: ValuePath) -> Fault:
    hint = did_you_mean(key, listed)
    if len(listed) > _LONGEST_LIST and hint.startswith("known:"):
        hint = ""
    return Fault((*path, key), "is an unknown key", hint=hint, at_key=True)


def _required(_: _Walk, schema: Mapping[str, Any], value: Any, path: ValuePath) -> Iterator[Fault]:
    if isinstance(value, dict):
        for key in schema["required"]:
            if key not in value:
                yield Fault((*path, key), "is missing", "add it", at_key=True, whole=True)


def _names(walk: _Walk, schema: Mapping[str, Any], value: Any, path: ValuePath) -> Iterator[Fault]:
    if isinstance(value, dict):
        for key in value:
            for fault in walk.check(schema["propertyNames"], key, (*path, key)):
                yield Fault(fault.path, f"is a key that {fault.message}", fault.hint, at_key=True)


def _items(walk: _Walk, schema: Mapping[str, Any], value: Any, path: ValuePath) -> Iterator[Fault]:
    inner = schema["items"]
    if isinstance(inner, list):  # a schema per position, of an old draft
        raise UnknownKeywordError("items")
    for index, each in enumerate(value if isinstance(value, list) else ()):
        yield from walk.check(inner, each, (*path, index))


def _all_of(walk: _Walk, schema: Mapping[str, Any], value: Any, path: ValuePath) -> Iterator[Fault]:
    for each in schema["allOf"]:
        yield from walk.check(each, value, path)


def _any_of(walk: _Walk, schema: Mapping[str, Any], value: Any, path: ValuePath) -> Iterator[Fault]:
    yield from _choice(walk, schema["anyOf"], value, path, most=len(schema["anyOf"]))


def _one_of(walk: _Walk, schema: Mapping[str, Any], value: Any, path: ValuePath) -> Iterator[Fault]:
    yield from _choice(walk, schema["oneOf"], value, path, most=1)


def _choice(
    walk: _Walk, forms: list[Any], value: Any, path: ValuePath, *, most: int
) -> Iterator[Fault]:
    fitting = sum(walk.accepts(each, value) for each in forms)
    if 1 <= fitting <= most:
        return
    keys = [each["required"] for each in forms if isinstance(each, dict) and "required" in each]
    if len(keys) == len(forms):
        needed = _listed(f"`{'` and `'.join(each)}`" for each in keys)
        message = f"must have exactly one of {needed}" if most == 1 else f"needs one of {needed}"
        yield Fault(path, message, whole=True)
    elif types := _types_alone(forms):
        yield from walk.check({"type": types}, value, path)
    elif len(forms) == 1:
        yield from walk.check(forms[0], value, path)
    else:
        yield Fault(path, "has none of the forms that are taken", whole=True)


def _types_alone(forms: list[Any]) -> list[str]:
    """Return the types that are taken, if forms differ in nothing else; null comes last."""
    names: dict[str, None] = {}
    for each in forms:
        if not isinstance(each, dict) or each.keys() != {"type"}:
            return []
        names |= dict.fromkeys([each["type"]] if isinstance(each["type"], str) else each["type"])
    return sorted(names, key=lambda name: name == "null")


def _if(walk: _Walk, schema: Mapping[str, Any], value: Any, path: ValuePath) -> Iterator[Fault]:
    branch = "then" if walk.accepts(schema["if"], value) else "else"
    yield from walk.check(schema.get(branch, True), value, path)


def _not(walk: _Walk, schema: Mapping[str, Any], value: Any, path: ValuePath) -> Iterator[Fault]:
    if walk.accepts(schema["not"], value):
        yield Fault(path, "has a form that is refused", whole=True)


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(texts)


_CHECKS: Final[dict[str, _Check]] = {
    "type": _type,
    "$ref": _ref,
    "enum": _enum,
    "const": _const,
    "properties": _keys,
    "required": _required,
    "propertyNames": _names,
    "items": _items,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "if": _if,
    "not": _not,
    **BOUNDS,
}
_KEYS: Final = frozenset({"patternProperties", "additionalProperties"})
# Heeded beside another keyword, or without a bearing on what is taken.
_SILENT: Final = frozenset(
    {
        *("$schema", "$id", "$defs", "$comment", "id", "definitions", "title", "description"),
        *("default", "examples", "deprecated", "readOnly", "writeOnly", "format"),
        *_KEYS,
        *("then", "else"),
        # How Kubernetes merges, which is no matter of what it takes.
        *("x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"),
        *("x-kubernetes-patch-strategy", "x-kubernetes-patch-merge-key", "x-kubernetes-unions"),
        "x-kubernetes-group-version-kind",
    }
)
KEYWORDS: Final = frozenset({*_CHECKS, *_SILENT})
