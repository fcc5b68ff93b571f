"""Where order matters, a comparison is an exact way from one document to the other."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks.orchestration.differences import Difference, Place
from jupyterhub_eks.orchestration.masking import same
from jupyterhub_eks.orchestration.ordered import ordered_differences

if TYPE_CHECKING:
    from jupyterhub_eks.orchestration.differences import Key

Step = tuple[tuple["Key", ...], str, Any]

scalars = st.one_of(st.none(), st.booleans(), st.integers(0, 3), st.text("ab", max_size=2))
named = st.fixed_dictionaries({"name": st.text("abc", min_size=1, max_size=1), "x": scalars})
trees = st.recursive(
    st.one_of(scalars, named),
    lambda inside: st.one_of(
        st.lists(inside, max_size=4), st.dictionaries(st.sampled_from("abc"), inside, max_size=3)
    ),
    max_leaves=12,
)


def _found(before: Any, after: Any) -> list[Difference]:
    return list(ordered_differences(before, after, Place(strict=True)))


def _told(before: Any, after: Any) -> list[tuple[str, str]]:
    return [(each.name, each.kind) for each in _found(before, after)]


def patched(before: Any, steps: list[Step]) -> Any:
    """Return what the differences make of a document."""
    for path, _, value in steps:
        if not path:
            return value
    result = copy.deepcopy(before)
    here = [(path[0], kind, value) for path, kind, value in steps if len(path) == 1]
    if isinstance(result, list):
        gone = {at for at, kind, _ in here if kind == "removed"}
        result = [each for at, each in enumerate(result) if at not in gone]
        for at, kind, value in here:  # in the order of their positions
            if kind == "added":
                result.insert(int(at), value)
        here = [each for each in here if each[1] not in {"removed", "added"}]
    for key, kind, value in here:
        if kind == "removed":
            del result[key]
        else:
            result[key] = value
    for key in dict.fromkeys(path[0] for path, _, _ in steps if len(path) > 1):
        inner = [(path[1:], *rest) for path, *rest in steps if len(path) > 1 and path[0] == key]
        result[key] = patched(result[key], inner)
    return result


def _steps(before: Any, after: Any) -> list[Step]:
    return [(each.path, each.kind, each.after) for each in _found(before, after)]


@given(trees)
def test_what_is_equal_has_no_differences(tree: Any) -> None:
    """Whatever it is."""
    assert _found(tree, copy.deepcopy(tree)) == []


@given(trees, trees)
def test_applied_to_what_was_the_differences_make_what_will_be(before: Any, after: Any) -> None:
    """Nothing is missing, nothing stands at a wrong place, and the order is right."""
    assert same(patched(before, _steps(before, after)), after)


@given(st.lists(scalars, max_size=6), st.lists(scalars, max_size=6))
def test_lists_are_led_over_element_by_element(before: list[Any], after: list[Any]) -> None:
    """Also where elements repeat."""
    assert same(patched(before, _steps(before, after)), after)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (["alice"], ["bob"], [("[0]", "changed")]),
        (["a", "b"], ["a", "b", "c"], [("[2]", "added")]),
        (["a", "b", "c"], ["b", "c"], [("[0]", "removed")]),
        (["a", "b"], ["b", "a"], [("", "reordered")]),
        ([{"name": "x", "n": 1}], [{"name": "y"}, {"name": "x", "n": 2}], None),
    ],
)
def test_each_change_of_a_list_has_its_form(
    before: Any, after: Any, told: list[tuple[str, str]] | None
) -> None:
    """An element that moves by another's arrival is not told; one with a name is known by it."""
    assert _told(before, after) == (told or [("[0]", "added"), ("[1].n", "changed")])


def test_paths_read_as_in_the_file() -> None:
    """With the position of an element, and quotes around what is no name."""
    before = {"hub": {"config": {"Authenticator": {"admin_users": ["alice"]}}, "a/b": 1}}
    after = {"hub": {"config": {"Authenticator": {"admin_users": ["bob"]}}, "a/b": 2}}
    assert _told(before, after) == [
        ("hub.config.Authenticator.admin_users[0]", "changed"),
        ('hub["a/b"]', "changed"),
    ]


def test_true_is_not_one() -> None:
    """Helm tells them apart."""
    assert _told({"a": 1}, {"a": True}) == [("a", "changed")]
