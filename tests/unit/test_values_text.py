"""Helm values as YAML text for Terraform: read back by a YAML parser, markers escaped."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from stacks.values_text import values_text as text_of

TOKEN = "${TfToken[TOKEN.7]}"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXT
VALUES = st.dictionaries(
    TEXT,
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=3,
)


def values_text(values: dict[str, Any]) -> str:
    """Write values whose tokens are known as locals of the key's name."""
    return text_of(values, lambda _, key: f"value_{key}")


def unescaped(text: str) -> str:
    """Do what Terraform does with the escapes of its templates, for a text without tokens."""
    return re.sub(r"([$%])\1(?=\{)", r"\1", text)


def parsed(text: str) -> Any:
    """Read YAML 1.1, the version that Helm reads."""
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)
    return yaml.load(text)


@given(VALUES)
def test_values_come_back_as_they_were(values: dict[str, Any]) -> None:
    """Whatever the values hold, a parser of YAML 1.1 reads the same from the text."""
    text = values_text(values)
    assert "TfToken" not in text
    assert parsed(unescaped(text)) == values


@pytest.mark.parametrize("text", ["no", "on", "1_000", "012", "1e3", "~", "2026-01-01", "=", "!x"])
def test_text_that_looks_like_something_else_stays_text(text: str) -> None:
    """Words that YAML 1.1 takes for booleans, numbers or dates stay strings."""
    assert parsed(values_text({"a": text, text: 1})) == {"a": text, text: 1}


@pytest.mark.parametrize("text", ["${x}", "%{ if }", "$${x}", "a ${b} %{c} $d %e"])
def test_terraforms_markers_in_user_text_are_escaped(text: str) -> None:
    """No user text is taken for an expression or a directive, in keys, lines and blocks."""
    written = values_text({text: [text, f"first\n{text}\nlast"]})
    assert not re.search(r"(?<![$%])[$%]\{", written)
    assert parsed(unescaped(written)) == {text: [text, f"first\n{text}\nlast"]}


def test_a_token_is_encoded_by_terraform() -> None:
    """A token becomes a reference, quoted by the one who knows its value; none is left."""
    assert values_text({"a": TOKEN}) == '"a": ${jsonencode(local.value_a)}\n'


def test_text_around_a_token_is_literal() -> None:
    """Quotes, markers and line ends beside a token reach Terraform as escapes."""
    written = values_text({"a": [f'"${{x}}\n{TOKEN}\\%{{y}}']})
    expected = '\\"$${x}\\n${local.value_a}\\\\%%{y}'
    assert written == f'"a":\n  - ${{jsonencode("{expected}")}}\n'


def test_several_lines_are_a_block() -> None:
    """A plan shows a change in a script by the line."""
    assert values_text({"a": {"b": "x = 1\n\n  y = 2\n"}}) == (
        '"a":\n  "b": |\n    x = 1\n\n      y = 2\n'
    )


def test_order_of_keys_does_not_matter() -> None:
    """Equal values give equal text, so a plan is empty when nothing has changed."""
    assert values_text({"a": 1, "b": {"c": 2, "d": []}}) == values_text(
        {"b": {"d": [], "c": 2}, "a": 1}
    )


def test_what_yaml_does_not_have_is_refused() -> None:
    """A value that Helm could not read is a bug of ours, found at synthesis."""
    with pytest.raises(TypeError):
        values_text({"a": object()})
    with pytest.raises(ValueError, match="JSON compliant"):
        values_text({"a": float("nan")})
