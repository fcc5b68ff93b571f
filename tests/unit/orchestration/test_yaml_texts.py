"""YAML is read as Helm reads it, and gaps are seen where Terraform fills in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks.orchestration.masking import Gap
from jupyterhub_eks.orchestration.yaml_texts import (
    UnreadableError,
    documents,
    read_templates,
    read_values,
    read_yaml,
)
from stacks.values_text import values_text


def test_keys_are_texts_and_times_too() -> None:
    """Helm makes JSON of it before anything else."""
    assert read_yaml("2: a\ntrue: b\nd: 2020-01-01\n") == {
        "2": "a",
        "true": "b",
        "d": "2020-01-01",
    }


@pytest.mark.parametrize("text", ["a: [", "a: 1\na: 2", "- 1\n", "&a [*a]"])
def test_what_is_no_mapping_is_unreadable(text: str) -> None:
    """And the error quotes nothing of it."""
    with pytest.raises(UnreadableError):
        read_values((text,))


def test_later_values_are_laid_over_earlier_ones() -> None:
    """Mappings together, everything else in the place of what was."""
    assert read_values(("a: {x: 1, z: [1]}\nb: 1", "a: {z: [2]}", "")) == {
        "a": {"x": 1, "z": [2]},
        "b": 1,
    }


def test_references_are_gaps() -> None:
    """Alone or within a text; markers that users wrote are theirs again."""
    values = {"id": "${TfToken[TOKEN.1]}", "url": 'x ${TfToken[TOKEN.1]} "q"', "own": "${HOME}"}
    text = values_text(values, lambda *_: "value")
    assert read_templates((text,)) == {"id": Gap.UNKNOWN, "url": Gap.UNKNOWN, "own": "${HOME}"}


@given(st.dictionaries(st.text('ab$%{}"\\', max_size=4), st.text('ab$%{}"\\\n', max_size=6)))
def test_what_holds_no_reference_is_read_as_it_was_written(values: dict[str, str]) -> None:
    """Whatever users write, as the stacks write it for Terraform."""
    assert read_templates((values_text(values, lambda *_: "value"),)) == values


def test_documents_are_told_apart_without_their_comments() -> None:
    """Where a document came from is no part of it; a line in a text ends none."""
    manifest = "---\n# Source: a.yaml\na: |\n  ---\n  b\n---\n# only this\n--- \nc: 1\n"
    assert list(documents(manifest)) == ["a: |\n  ---\n  b", "c: 1"]
