"""A fault of an object is led back to `hub_values` where that is sure."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.releases.schema_faults import Fault, ValuePath
from jupyterhub_eks.releases.value_origin import origin_of

OBJECT = {
    "containers": [{"name": "hub", "limits": {"memory": [1]}, "args": [5]}, {"nam": "x"}],
    "empty": {},
}
MISSING = Fault(("containers", 1, "name"), "is missing", at_key=True, whole=True)


def origin(values: dict[str, Any], *path: str | int) -> ValuePath | None:
    return origin_of(values, OBJECT, Fault(path, "is wrong"))


def test_the_same_content_under_the_same_keys() -> None:
    """The more keys agree, the better; what is alike elsewhere does not count."""
    values = {
        "hub": {"limits": {"memory": [1]}},
        "proxy": {"memory": [1], "limits": {"memory": [2]}},
    }
    assert origin(values, "containers", 0, "limits", "memory") == ("hub", "limits", "memory")


def test_an_element_has_another_position_in_the_object() -> None:
    """Charts put elements of their own before; the key itself is the last one."""
    values = {"hub": {"extra": [{"nam": "x"}]}}
    assert origin(values, "containers", 1, "nam") == ("hub", "extra", 0, "nam")


def test_what_is_missing_is_missing_in_what_was_written() -> None:
    """It stands nowhere itself."""
    values = {"hub": {"extra": [{"name": "other"}, {"nam": "x"}]}}
    assert origin_of(values, OBJECT, MISSING) == ("hub", "extra", 1)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"a": {"memory": [2]}},
        {"a": {"memory": [1]}, "b": {"memory": [1]}},
        {"a": {"memory": [True]}, "limits": {}},
    ],
    ids=["nothing", "another value", "twice alike", "only alike in Python"],
)
def test_where_it_is_not_sure_nothing_is_named(values: dict[str, Any]) -> None:
    """A wrong place is worse than none."""
    assert origin(values, "containers", 0, "limits", "memory") is None


def test_a_bare_element_needs_the_key_of_its_list() -> None:
    """Some list will have a 5."""
    assert origin({"ports": [5]}, "containers", 0, "args", 0) is None
    assert origin({"hub": {"args": [5]}}, "containers", 0, "args", 0) == ("hub", "args", 0)


def test_nothing_and_the_whole_object_come_from_nowhere() -> None:
    """An empty mapping is everywhere."""
    assert origin({"empty": {}}, "empty") is None
    assert origin({"a": OBJECT}) is None
