"""Values against schemas of charts: the same verdict as a full validator, and every fault."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from jupyterhub_eks.releases import catalog
from jupyterhub_eks.releases.carried_schema import carried_facts
from jupyterhub_eks.releases.schema_faults import UnknownKeywordError
from jupyterhub_eks.releases.values_schema import KEYWORDS, faults
from jupyterhub_eks.resources import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.releases.model import ChartFacts

SCHEMAS = (
    *(
        f"{chart.folder}/values.schema.json"
        for chart in (catalog.NODES, catalog.STORAGE_CLASSES, catalog.HUB_BASE)
    ),
    "helm_values/jupyterhub-chart/schema.json",
    "karpenter/schemas.json",
)
ODD = st.sampled_from([None, True, 3, 3.0, 1.5, -1, "", "text", [], ["a"], [3], {}, {"a": 1}])


def z2jh() -> ChartFacts:
    facts = carried_facts(catalog.JUPYTERHUB)
    assert facts is not None
    return facts


def told(schema: dict[str, Any], value: Any) -> list[str]:
    return [fault.text for fault in faults(schema, value)]


def every_path(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from every_path(inner, (*path, key))


PATHS = sorted(every_path(z2jh().values))
VALIDATOR = Draft7Validator(z2jh().schema)


def changed(path: tuple[str, ...], how: str, value: Any) -> dict[str, Any]:
    """Return the chart's default values with one of them replaced, removed or misspelt."""
    values = copy.deepcopy(dict(z2jh().values))
    holder = values
    for key in path[:-1]:
        holder = holder[key]
    if how == "replace":
        holder[path[-1]] = value
    elif how == "remove":
        del holder[path[-1]]
    else:
        holder[f"{path[-1]}x"] = value
    return values


@settings(deadline=None)  # the other validator is slow on a busy machine
@given(st.sampled_from(PATHS), st.sampled_from(["replace", "remove", "misspell"]), ODD)
def test_the_verdict_is_that_of_a_full_validator(path: Any, how: str, value: Any) -> None:
    """For any change of the chart's values, faults are found exactly where there are some."""
    values = changed(path, how, value)
    expected = {tuple(error.absolute_path) for error in VALIDATOR.iter_errors(values)}
    found = faults(VALIDATOR.schema, values)
    assert bool(found) == bool(expected)
    for fault in found:  # a missing or an unknown key is pointed at itself, not at its mapping
        assert fault.path in expected or fault.path[:-1] in expected


def test_the_values_of_the_chart_itself_have_no_fault() -> None:
    """The defaults that are carried go with the schema that is carried."""
    assert told(dict(z2jh().schema or {}), z2jh().values) == []


def keywords(schema: Any) -> set[str]:
    """Return all keywords of a schema; names of properties are none."""
    if isinstance(schema, list):
        return set().union(*map(keywords, schema))
    if not isinstance(schema, dict):
        return set()
    found = set(schema)
    for key, value in schema.items():
        if key in {"default", "const", "enum", "examples"}:  # values, not schemas
            continue
        named = key in {"properties", "patternProperties", "definitions", "$defs"}
        found |= keywords(list(value.values()) if named else value)
    return found


@pytest.mark.parametrize("file", SCHEMAS)
def test_schemas_that_the_package_carries_are_heeded_in_full(file: str) -> None:
    """Every keyword that they use is known, wherever it stands."""
    made = json.loads(read_text(file))
    if "kinds" in made:
        made = [kind["schema"] for kind in made["kinds"].values()]
    assert keywords(made.get("schema", made) if isinstance(made, dict) else made) <= KEYWORDS


@pytest.mark.parametrize(
    ("schema", "good", "bad", "words"),
    [
        ({"type": "integer"}, 3.0, 3.5, "must be a whole number, and is a number"),
        ({"type": ["string", "null"]}, None, 3, "must be text or null, and is a whole number"),
        ({"type": "boolean"}, True, 1, "must be true or false, and is a whole number"),
        ({"enum": ["a", None]}, None, "b", "must be one of `a`, null, and is `b`"),
        ({"const": True}, True, 1, "must be true"),
        ({"minimum": 0}, 0, -1, "must be 0 or more"),
        ({"exclusiveMaximum": 2}, 1.5, 2, "must be less than 2"),
        ({"maxLength": 2}, "ab", "abc", "must have 2 or fewer characters"),
        ({"minItems": 1}, [1], [], "must have 1 or more elements"),
        ({"pattern": "^a"}, "ab", "ba", "must match pattern `^a`"),
        ({"not": {"type": "null"}}, 1, None, "has a form that is refused"),
        (
            {"anyOf": [{"type": "null"}, {"minimum": 2}]},
            None,
            1,
            "has none of the forms that are taken",
        ),
        (
            {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
            {"a": 1},
            {"a": 1, "b": 1},
            "must have exactly one of `a`, `b`",
        ),
        (
            {"if": {"type": "integer"}, "then": {"minimum": 1}, "else": {"type": "string"}},
            "a",
            0,
            "must be 1 or more",
        ),
        ({"$ref": "#/$defs/x", "$defs": {"x": {"type": "string"}}}, "a", 1, "must be text"),
    ],
)
def test_keywords(schema: dict[str, Any], good: Any, bad: Any, words: str) -> None:
    """Each keyword accepts and refuses, and says what is asked for."""
    assert told(schema, good) == []
    (message,) = told(schema, bad)
    assert message.startswith(words)


def test_every_fault_is_found_at_its_place() -> None:
    """Nothing stops at the first one; keys and positions lead to each."""
    schema = {
        "properties": {
            "list": {"items": {"type": "string"}},
            "map": {"patternProperties": {"^a": {"type": "null"}}, "additionalProperties": False},
        },
        "required": ["other"],
    }
    values = {"list": ["a", 1, True], "map": {"ab": 1, "b": 1}}
    assert [fault.path for fault in faults(schema, values)] == [
        ("list", 1),
        ("list", 2),
        ("map", "ab"),
        ("map", "b"),
        ("other",),
    ]


def test_a_misspelt_key_is_set_right() -> None:
    """The nearest key that is known is offered."""
    schema = {"properties": {"cookieSecret": {}}, "additionalProperties": False}
    (fault,) = faults(schema, {"cokieSecret": "x"})
    assert (fault.at_key, fault.hint) == (True, "did you mean `cookieSecret`?")


def test_no_value_is_quoted() -> None:
    """It may be a secret of the wrong type."""
    (fault,) = faults({"type": "string"}, 4711)
    assert "4711" not in fault.text + fault.hint


@pytest.mark.parametrize(
    "schema",
    [
        {"unevaluatedProperties": False},
        {"$ref": "https://example.org/schema"},
        {"items": [{"type": "string"}]},
        {"minimum": 1, "exclusiveMinimum": True},
        {"pattern": "\\p{L}"},
    ],
)
def test_what_is_not_known_is_not_half_heeded(schema: dict[str, Any]) -> None:
    """A schema with anything else is left alone as a whole."""
    with pytest.raises(UnknownKeywordError):
        faults(schema, "a" if "pattern" in schema else 1)
