"""Files that others wrote."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks.config.document import find, place_of, to_plain
from jupyterhub_eks.config.reader import ReadError
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.foreign.documents import documents, is_open
from jupyterhub_eks.foreign.jsontext import read_json
from jupyterhub_eks.foreign.reading import read
from tests.support.foreign import errors, report, source, warnings

if TYPE_CHECKING:
    from pathlib import Path

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.one_of(st.lists(plain, max_size=4), st.dictionaries(st.text(max_size=4), plain)))
def test_json_is_read_as_json(value: object) -> None:
    """The tree holds what a JSON parser makes of the text."""
    found = read_json(json.dumps(value, indent=1), "f.json")

    assert found is not None
    assert to_plain(found[0]) == value


def test_places_in_json() -> None:
    """Lines and columns count from one."""
    found = read_json('{\n  "a": [1,\n   "x"]}', "f.json")

    assert found is not None
    place = place_of(found[0], ("a", 1))
    assert (place.line, place.column) == (3, 4)


def test_a_key_written_twice_in_json() -> None:
    """It is reported where it stands the second time."""
    found = read_json('{"a": 1,\n "a": 2}', "f.json")

    assert found is not None
    assert [(each.line, each.column) for each in found[1]] == [(2, 2)]


def test_yaml_flow_that_is_no_json() -> None:
    """Braces alone make no JSON."""
    assert read_json("{a: 1}", "f") is None
    assert to_plain(documents("{a: 1}", "f").roots[0]) == {"a": 1}


def test_several_documents() -> None:
    """Each has anchors of its own; empty ones are left out."""
    found = documents("a: &x 1\n---\n# nothing\n---\nb: &x 2\nc: *x\n", "f")

    assert [to_plain(each) for each in found.roots] == [{"a": 1}, {"b": 2, "c": 2}]


def test_tags_are_let_through_and_remembered() -> None:
    """A value with a tag is not what it seems; the rest of the file is."""
    found = documents("a: !!python/name:os.system x\nb: 2\nc: !vault\n  d: 1\n", "f")
    root = found.roots[0]

    assert to_plain(root)["b"] == 2
    for key, expected in (("a", True), ("b", False), ("c", True)):
        node = find(root, (key,))
        assert node is not None
        assert is_open(node, found.tagged) is expected


def test_a_template_that_is_not_filled_in() -> None:
    """A chart's template is named as one, at its line."""
    with pytest.raises(ReadError) as caught:
        documents("a: 1\n{{- if .Values.b }}\nb: 2\n{{- end }}\n", "f")

    assert "template" in caught.value.problems[0].message
    assert caught.value.problems[0].line == 2


def test_a_tab_is_named() -> None:
    """The reader's own words are used."""
    with pytest.raises(ReadError, match="tab"):
        documents("singleuser:\n\tprofileList: []\n", "f")


@pytest.mark.parametrize(
    "text",
    [
        "[{display_name: P}]",
        "profileList: [{display_name: P}]",
        "profiles: [{display_name: P}]",
        "singleuser: {profileList: [{display_name: P}]}",
        "jupyterhub: {singleuser: {profileList: [{display_name: P}]}}",
        "binderhub: {jupyterhub: {singleuser: {profileList: [{display_name: P}]}}}",
        "hub: {config: {KubeSpawner: {profile_list: [{display_name: P}]}}}",
        "singleuser: {profileList: {a: {display_name: P}}}",
        '[{"display_name": "P"}]',
    ],
)
def test_where_a_list_may_stand(text: str) -> None:
    """The list is found in all of them."""
    assert [each.shape.title for each in report(text).shapes] == ["P"]


@pytest.mark.parametrize("text", ["a: 1", "[1, 2]", "just text", "hub: {config: {}}", ""])
def test_files_without_a_list(text: str) -> None:
    """It is said what was looked for."""
    with pytest.raises(ConfigError) as caught:
        source(text)

    assert "no profile list" in caught.value.problems[0].message


def test_two_lists_are_one_too_many() -> None:
    """Nobody knows which is meant."""
    with pytest.raises(ConfigError) as caught:
        source("[{display_name: P}]", "[{display_name: Q}]")

    assert caught.value.problems[0].file == "file-1.yaml"


def test_keys_written_twice_are_reported() -> None:
    """Also in a part of the file that is not looked at."""
    found = report("profileList: [{display_name: P}]\na: 1\na: 2\n")

    assert errors(found) == ["the key `a` is written twice in one mapping"]


def test_python_code_of_the_hub_is_not_read() -> None:
    """It may change the list, so that is said."""
    found = report(
        "hub: {extraConfig: {a: 'c.KubeSpawner.profile_list = []'}}\n"
        "singleuser: {profileList: [{display_name: P}]}"
    )

    assert any("Python code" in each for each in warnings(found))


def test_a_list_that_is_a_template_is_not_decided() -> None:
    """Nothing is concluded, and nothing is passed over in silence."""
    found = report("singleuser: {profileList: '{{ profiles }}'}")

    assert not found.shapes
    assert any("only known when the hub runs" in each for each in warnings(found))


def test_files_are_read(tmp_path: Path) -> None:
    """A list and pools beside it; a missing file is a problem of its own."""
    (tmp_path / "list.yaml").write_text("[{display_name: P}]", encoding="utf-8")

    (found,) = read([tmp_path / "list.yaml"])
    assert found.listing.path == ()
    with pytest.raises(ConfigError) as caught:
        read([tmp_path / "list.yaml", tmp_path / "missing.yaml"])
    assert "no such file" in caught.value.problems[0].message
