"""What a plan changes inside a resource is told in full, and no secret with it."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.orchestration.changes import (
    AttributeChange,
    Shown,
    changes_of,
    read_details,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

CANARY = "s3cr3t"
# Quotes, line ends and letters that JSON writes with escapes.
SECRETS = (f'{CANARY}-"one"\n', f"{CANARY}-zwei-ü-\\", f"{CANARY}-three")

scalars = st.one_of(
    st.integers(), st.booleans(), st.text(alphabet="abc.-/", min_size=1, max_size=4)
)


def _trees(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = st.text(alphabet="abc:", min_size=1, max_size=2)
    return st.recursive(
        leaves,
        lambda inside: st.one_of(
            st.lists(inside, min_size=1, max_size=3),
            st.dictionaries(keys, inside, min_size=1, max_size=3),
        ),
        max_leaves=8,
    )


values = st.dictionaries(st.sampled_from("abcd"), _trees(scalars), max_size=4)


def _resource(before: Any, after: Any, **more: Any) -> dict[str, Any]:
    return {
        "address": "aws_thing.a",
        "type": "aws_thing",
        "mode": "managed",
        "change": {"actions": ["update"], "before": before, "after": after, **more},
    }


def _changes(before: Any, after: Any, **more: Any) -> tuple[AttributeChange, ...]:
    return changes_of(_resource(before, after, **more))


def _told(before: Any, after: Any, **more: Any) -> list[tuple[str, str, Any, Any]]:
    return [
        (each.name, each.kind, each.before.value, each.after.value)
        for each in _changes(before, after, **more)
    ]


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _statement(sid: str, *actions: str) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": "*"}


# --- laws


def _leaves(value: Any) -> Iterator[tuple[type, Any]]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    else:
        yield type(value), value


def _is_accounted(before: Any, after: Any, changes: tuple[AttributeChange, ...]) -> bool:
    """Return whether the changes turn the leaves of one tree into those of the other."""
    there, here = Counter(_leaves(before)), Counter(_leaves(after))
    for change in changes:
        if change.kind in {"reordered", "reformatted"}:
            continue
        for shown, leaves in ((change.before, there), (change.after, here)):
            if shown.state == "known":
                told = Counter(_leaves(shown.value))
                assert told <= leaves
                leaves.subtract(told)
    return +there == +here


@given(values)
def test_what_is_equal_has_no_changes(value: dict[str, Any]) -> None:
    """Whatever it is, and also as the text of a document."""
    assert _changes(value, copy.deepcopy(value)) == ()
    document = {"policy": json.dumps(value)}
    assert _changes(document, dict(document)) == ()


@given(values, values)
def test_every_leaf_that_differs_is_told(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Taking away what was and adding what will be leads from one value to the other."""
    changes = _changes(before, after)

    assert _is_accounted(before, after, changes)
    equal = json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)
    assert bool(changes) is not equal


@given(values, values)
def test_every_leaf_that_differs_in_a_document_is_told(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    """Documents are compared by content, as deep as attributes."""
    changes = _changes({"policy": json.dumps(before)}, {"policy": json.dumps(after)})

    assert _is_accounted(before, after, changes)
    assert bool(changes) is not (json.dumps(before) == json.dumps(after))


nested = st.recursive(
    scalars, lambda inside: st.dictionaries(st.sampled_from("abc"), inside, min_size=1)
)


def _paths(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if not isinstance(value, dict):
        yield path
        return
    for key, each in value.items():
        yield from _paths(each, (*path, key))


@given(st.dictionaries(st.sampled_from("abcd"), nested, min_size=1), st.data())
def test_exactly_the_changed_paths_are_named(before: dict[str, Any], data: st.DataObject) -> None:
    """Each one that differs, and none that does not."""
    paths = sorted(_paths(before))
    chosen = data.draw(st.sets(st.sampled_from(paths)))
    after = copy.deepcopy(before)
    for *parents, last in chosen:
        inner = after
        for key in parents:
            inner = inner[key]
        inner[last] = "other than any scalar"

    assert {change.path for change in _changes(before, after)} == chosen


def _document(secret: str) -> st.SearchStrategy[str]:
    made = {"Condition": {"value": secret}}
    return st.sampled_from([json.dumps(made), json.dumps([made], ensure_ascii=False)])


copies = st.sampled_from(SECRETS).flatmap(
    lambda secret: st.one_of(st.just(secret), st.just(f"token={secret};"), _document(secret))
)


@st.composite
def _marked(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw a value that holds marked secrets, and its marks."""
    value: dict[str, Any] = draw(values)
    marks: dict[str, Any] = {}
    for key in draw(st.sets(st.sampled_from("vwxyz"), min_size=1)):
        leaf = draw(st.sampled_from(SECRETS))
        shape = draw(st.sampled_from(["leaf", "map", "list", "block", "whole", "misfit", "number"]))
        value[key], marks[key] = {
            "leaf": (leaf, True),
            "map": ({"in": leaf, "out": 1}, {"in": True}),
            "list": (["a", leaf], [False, True]),
            "block": ([{"in": leaf}, {"in": "b"}], [{"in": True}, {}]),
            "whole": ({leaf: [leaf]}, True),
            "misfit": ([leaf], {"in": True}),
            "number": (31337_31337, True),
        }[shape]
    return value, marks


@given(_marked(), _marked(), st.dictionaries(st.sampled_from("mnop"), _trees(copies), max_size=3))
def test_no_sensitive_value_is_ever_in_the_result(
    before: tuple[dict[str, Any], dict[str, Any]],
    after: tuple[dict[str, Any], dict[str, Any]],
    elsewhere: dict[str, Any],
) -> None:
    """Not where it is marked, not where it is repeated unmarked, on either side, in any shape."""
    every = {"vault": list(SECRETS)}
    changes = _changes(
        {**before[0], **every, **elsewhere, "k": 1},
        {**after[0], "vault": [], "q": elsewhere, "k": {SECRETS[2]: 2}},
        before_sensitive={**before[1], "vault": True},
        after_sensitive=after[1],
    )

    text = json.dumps([dataclasses.asdict(each) for each in changes], ensure_ascii=False)
    assert CANARY not in text + repr(changes)
    assert "3133731337" not in text + repr(changes)


# --- cases


def test_a_nested_value_is_named_by_its_path() -> None:
    """A block that stands alone within another has no number."""

    def rule(days: int) -> dict[str, Any]:
        return {"rule": [{"rule_name": "daily", "lifecycle": [{"delete_after": days}]}]}

    (change,) = _changes(rule(35), rule(14))
    assert change.name == "rule[0].lifecycle.delete_after"
    assert change.path == ("rule", 0, "lifecycle", 0, "delete_after")
    assert (change.before, change.after) == (
        Shown(state="known", value=35),
        Shown(state="known", value=14),
    )


def test_a_key_that_is_no_name_is_quoted() -> None:
    """Tags of Kubernetes have slashes."""
    assert _told({"tags": {"a/b": "1"}}, {"tags": {"a/b": "2"}}) == [
        ('tags["a/b"]', "changed", "1", "2")
    ]


def test_unknown_values_are_told_as_such() -> None:
    """Also where the plan leaves them out, and last of all."""
    changes = _changes(
        {"arn": "x", "ids": ["a"], "size": 1, "block": [{"id": "i"}]},
        {"ids": ["a", None], "size": 2, "block": [{}]},
        after_unknown={"arn": True, "ids": [False, True], "block": [{"id": True}]},
    )
    assert [(each.name, each.after.state) for each in changes] == [
        ("size", "known"),
        ("ids", "unknown"),
        ("block[0].id", "unknown"),
        ("arn", "unknown"),
    ]


def test_a_sensitive_value_is_told_to_change_and_nothing_else() -> None:
    """Both sides are hidden, also if only one is marked."""
    (change,) = _changes(
        {"password": "old"}, {"password": "new"}, after_sensitive={"password": True}
    )
    assert change.before == change.after == Shown(state="sensitive")


def test_a_sensitive_value_that_stays_is_no_change() -> None:
    """It is compared without being shown."""
    marks = {"password": True}
    assert _changes({"password": "p"}, {"password": "p"}, before_sensitive=marks) == ()


def test_a_short_secret_is_hidden_where_it_is_repeated_as_a_whole() -> None:
    """Inside other texts it occurs by chance, and hides nothing there."""
    marks = {"pin": True}
    changes = _changes(
        {"pin": "77", "copy": "a", "port": "b"},
        {"pin": "77", "copy": "77", "port": "8773"},
        after_sensitive=marks,
    )
    assert {each.name: each.after.state for each in changes} == {
        "copy": "sensitive",
        "port": "known",
    }


def test_marks_that_do_not_fit_hide_everything() -> None:
    """Where it is not clear what is sensitive, all of it is."""
    (change,) = _changes({"x": ["old"]}, {"x": ["new"]}, after_sensitive={"x": {"in": True}})
    assert change.before == change.after == Shown(state="sensitive")


def test_a_block_is_known_by_its_name_however_much_changes() -> None:
    """Nothing else of these two is the same, and they stand elsewhere."""
    before = {"rule": [{"name": "a", "x": 1, "y": 1, "z": 1}, {"name": "b", "x": 5}]}
    after = {"rule": [{"name": "c"}, {"name": "b", "x": 5}, {"name": "a", "x": 2, "y": 2, "z": 2}]}
    names = [each.name for each in _changes(before, after)]
    assert names == ["rule[2].x", "rule[2].y", "rule[2].z", "rule[0]"]


def test_a_secret_of_another_resource_is_hidden_too() -> None:
    """Terraform marks it where it comes from, and not always where it goes."""
    secret = "correct horse battery"
    plan = {
        "format_version": "1.2",
        "resource_changes": [
            _resource({"p": 1}, {"p": secret}, after_sensitive={"p": True}),
            _resource({"env": "none"}, {"env": f"PASSWORD={secret}"}),
        ],
    }
    _, other = read_details(json.dumps(plan))
    assert other.attributes[0].after == Shown(state="sensitive")


def test_what_forces_a_replacement_is_marked_and_comes_first() -> None:
    """By Terraform's own paths, through lists too."""
    changes = _changes(
        {"name": "a", "net": [{"cidr": "1", "note": "x"}]},
        {"name": "b", "net": [{"cidr": "2", "note": "y"}]},
        replace_paths=[["net", 0, "cidr"]],
    )
    assert [(each.name, each.forces_replacement) for each in changes] == [
        ("net[0].cidr", True),
        ("name", False),
        ("net[0].note", False),
    ]


def test_a_document_that_forces_a_replacement_marks_what_changes_in_it() -> None:
    """The reader sees which part of it is the reason."""
    (change,) = _changes(
        {"policy": '{"a": 1, "b": 2}'}, {"policy": '{"a": 1, "b": 3}'}, replace_paths=[["policy"]]
    )
    assert (change.name, change.forces_replacement) == ("policy.b", True)


def test_of_a_policy_only_the_changed_part_is_told() -> None:
    """Whatever is written before it: a statement is known by its id."""
    before = _policy(_statement("read", "s3:Get", "s3:List"), _statement("run", "ec2:Run"))
    after = _policy(
        _statement("new", "sqs:Send"),
        _statement("read", "s3:Get", "s3:Head"),
        _statement("run", "ec2:Run"),
    )
    assert _told({"policy": before}, {"policy": after}) == [
        ("policy.Statement[1].Action", "removed", "s3:List", None),
        ("policy.Statement[1].Action", "added", None, "s3:Head"),
        ("policy.Statement[0]", "added", None, _statement("new", "sqs:Send")),
    ]


def test_a_policy_written_otherwise_is_only_formatting() -> None:
    """Blanks and the order of keys mean nothing, but Terraform writes it again."""
    (change,) = _changes({"policy": '{"a": 1, "b": 2}'}, {"policy": '{"b":2,"a":1}'})
    assert (change.name, change.kind) == ("policy", "reformatted")


def test_a_document_that_repeats_a_key_is_a_text() -> None:
    """Reading it would lose one of the two."""
    assert _told({"p": '{"a":1,"a":2}'}, {"p": '{"a":2}'}) == [
        ("p", "changed", '{"a":1,"a":2}', '{"a":2}')
    ]


def test_in_a_document_nothing_and_none_differ() -> None:
    """An empty condition is not one that is missing."""
    assert _told({"p": '{"c": {}, "d": 1}'}, {"p": '{"d": 1}'}) == [("p.c", "removed", {}, None)]


def test_sets_of_texts_come_and_go() -> None:
    """What stays is not told, wherever it stands now."""
    assert _told({"ids": ["a", "b", "c"]}, {"ids": ["b", "c", "d"]}) == [
        ("ids", "removed", "a", None),
        ("ids", "added", None, "d"),
    ]


def test_a_changed_order_is_told() -> None:
    """Terraform sorts sets, so this was a list, and its order may matter."""
    assert [each.kind for each in _changes({"ids": ["a", "b"]}, {"ids": ["b", "a"]})] == [
        "reordered"
    ]


def test_a_block_is_compared_with_the_one_most_like_it() -> None:
    """A rule put in front does not change those behind it."""

    def rule(port: int, *networks: str) -> dict[str, Any]:
        return {"from": port, "to": port, "proto": "tcp", "cidr": list(networks), "note": ""}

    before = {"ingress": [rule(443, "a"), rule(22, "b")]}
    after = {"ingress": [rule(80, "c"), rule(443, "a", "d"), rule(22, "b")]}
    assert _told(before, after) == [
        ("ingress[1].cidr", "added", None, "d"),
        ("ingress[0]", "added", None, rule(80, "c")),
    ]


@pytest.mark.parametrize("value", ["", [], {}])
def test_null_and_empty_are_the_same(value: object) -> None:
    """Providers do not keep them apart."""
    assert _changes({"x": None}, {"x": value}) == ()
    assert _changes({"x": value}, {"x": None}) == ()


@pytest.mark.parametrize("value", [0, False])
def test_null_is_not_zero(value: object) -> None:
    """Terraform shows these too."""
    assert len(_changes({"x": value}, {"x": None})) == 1


def test_an_empty_tag_that_goes_is_a_change() -> None:
    """An entry of a map is there or not."""
    assert _told({"tags": {"a": ""}}, {"tags": {}}) == [("tags.a", "removed", "", None)]


def test_an_empty_value_that_forces_a_replacement_is_told() -> None:
    """Nothing is replaced without a reason."""
    (change,) = _changes({"x": None}, {"x": ""}, replace_paths=[["x"]])
    assert change.forces_replacement


def test_tags_are_told_once() -> None:
    """``tags_all`` repeats them; what it has besides, the provider's own tags, stays."""
    before = {"tags": {"a": "1"}, "tags_all": {"a": "1", "all": "1"}}
    after = {"tags": {"a": "2"}, "tags_all": {"a": "2", "all": "2"}}
    assert [each.name for each in _changes(before, after)] == ["tags.a", "tags_all.all"]

    later = {"tags": {"a": "2"}}
    unknown = {"tags_all": True}
    assert [each.name for each in _changes(before, later, after_unknown=unknown)] == ["tags.a"]


def test_only_updates_and_replacements_are_looked_into() -> None:
    """The rest says by its name all there is."""
    names = {("update",), ("delete", "create"), ("create", "delete")}
    others = {("create",), ("delete",), ("no-op",), ("read",), ("forget",)}
    resources = []
    for actions in sorted(names | others):
        resource = _resource({"a": 1}, {"a": 2})
        resource["address"] = "+".join(actions)
        resource["change"]["actions"] = list(actions)
        resources.append(resource)
    details = read_details(json.dumps({"format_version": "1.2", "resource_changes": resources}))
    assert {each.address for each in details} == {"+".join(each) for each in names}


def test_a_replacement_without_a_changed_attribute_has_its_reason() -> None:
    """A creation that was cut short changes nothing that can be seen."""
    resource = _resource({"a": 1}, {"a": 1}) | {"action_reason": "replace_because_tainted"}
    (detail,) = read_details(json.dumps({"format_version": "1.2", "resource_changes": [resource]}))
    assert (detail.attributes, detail.reason) == ((), "its creation was cut short")


@pytest.mark.parametrize(
    "document", ["", "[]", "{}", f'{{"{CANARY}', '{"format_version": "2.0"}'], ids=repr
)
def test_another_format_is_refused_without_quoting_it(document: str) -> None:
    """The text may hold secrets."""
    with pytest.raises(ToolError) as caught:
        read_details(document)
    assert CANARY not in caught.value.message + caught.value.cause
    assert caught.value.__cause__ is None
