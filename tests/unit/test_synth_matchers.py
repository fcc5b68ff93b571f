"""The matchers with which tests read synthesized JSON, and how they explain a miss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyterhub_eks.synth import SynthesizedStack
from tests.support.synth import (
    ABSENT,
    Contains,
    JsonText,
    Matching,
    StackJson,
    differences,
)

ACTUAL: dict[str, Any] = {
    "name": "demo-hub",
    "ports": [80, 443],
    "policy": '{"Statement": [{"Action": "s3:*"}]}',
    "tags": {"team": "research", "env": "prod"},
}


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"name": "demo-hub"},
        {"tags": {"team": "research"}},
        {"ports": [80, 443]},
        {"ports": Contains(443)},
        {"policy": JsonText({"Statement": [{"Action": Matching("^s3:")}]})},
        {"name": lambda name: name.endswith("hub")},
        {"description": ABSENT},
    ],
    ids=["nothing", "text", "part", "list", "element", "document", "callable", "absence"],
)
def test_a_part_matches(expected: dict[str, Any]) -> None:
    """What is not mentioned does not matter."""
    assert differences(expected, ACTUAL) == []


@pytest.mark.parametrize(
    ("expected", "line"),
    [
        ({"name": "other"}, "name: expected 'other', found 'demo-hub'"),
        ({"tags": {"owner": "me"}}, "tags.owner: is missing, expected 'me'"),
        ({"ports": [80]}, "ports: expected 1 elements, found [80, 443]"),
        ({"ports": [80, 22]}, "ports[1]: expected 22, found 443"),
        ({"tags": ABSENT}, "tags: expected nothing, found {'team': 'research', 'env': 'prod'}"),
        ({"name": {"a": 1}}, "name: expected a mapping, found 'demo-hub'"),
    ],
)
def test_a_difference_is_named_with_its_place(expected: dict[str, Any], line: str) -> None:
    """The line says where, what was expected and what is there."""
    assert differences(expected, ACTUAL) == [line]


@pytest.mark.parametrize(
    "expected", [Contains(22), Contains(80, 22), JsonText({}), Matching("x")], ids=repr
)
def test_a_special_matcher_can_miss(expected: object) -> None:
    """None of them matches just anything."""
    assert differences({"ports": expected}, ACTUAL)


def stack_of(**subnets: dict[str, Any]) -> StackJson:
    stack = SynthesizedStack(name="network", directory=Path(), depends_on=(), resources=0)
    return StackJson(stack=stack, content={"resource": {"aws_subnet": subnets}})


def test_the_one_resource_is_returned() -> None:
    """The body of the resource that matches is handed out for further checks."""
    stack = stack_of(a={"zone": "a", "public": True}, b={"zone": "b", "public": False})
    assert stack.the("aws_subnet", public=True)["zone"] == "a"


def test_a_miss_shows_the_closest_resource_first() -> None:
    """The resource with the fewest differences is the likely culprit."""
    stack = stack_of(far={"zone": "x", "public": True}, near={"zone": "b", "public": True})
    with pytest.raises(AssertionError) as caught:
        stack.the("aws_subnet", zone="b", public=False)
    text = str(caught.value)
    assert "0 of 2 aws_subnet match" in text
    assert text.index("aws_subnet.near") < text.index("aws_subnet.far")
    assert "public: expected False, found True" in text


def test_a_wrong_count_lists_what_matched() -> None:
    """The names of the resources that did match are given."""
    with pytest.raises(AssertionError, match="matching: a, b"):
        stack_of(a={}, b={}).assert_count("aws_subnet", 3)


def test_an_absent_type_lists_the_types_there_are() -> None:
    """A misspelt type is seen at once."""
    with pytest.raises(AssertionError, match="types in this stack: aws_subnet"):
        stack_of(a={}).the("aws_subnets")
