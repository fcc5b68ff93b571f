"""What was chosen, and what is known of it."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.preview.hub.choices import chosen, facts_of
from tests.support.preview_document import facts

SIZES = {"small": {}, "big": {"default": True}}
PROFILES: list[dict[str, Any]] = [
    {"slug": "plain", "default": True},
    {"slug": "sized", "profile_options": {"size": {"choices": SIZES}}},
]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ("plain", "")),
        ({"profile": "plain"}, ("plain", "")),
        ({"profile": "sized"}, ("sized", "big")),
        ({"profile": "sized", "size": "small"}, ("sized", "small")),
        ({"profile": "sized", "size": "<none>"}, ("sized", "")),
        ({"profile": "gone"}, ("", "")),
    ],
)
def test_the_choice_is_named_as_the_facts_are(
    options: dict[str, str], expected: tuple[str, str]
) -> None:
    """What was not chosen is the default."""
    assert chosen(PROFILES, options) == expected


def test_a_hub_without_profiles_has_no_choice() -> None:
    """Its page has none either."""
    assert chosen([], {}) == ("", "")


def test_facts_are_those_of_the_size() -> None:
    """Of the profile as a whole where it has no sizes; none for what is not known."""
    known = {"plain": {"": facts()}, "sized": {"big": facts(pool="big")}}

    assert facts_of(known, "plain", "") == facts()
    assert facts_of(known, "sized", "big") == facts(pool="big")
    assert facts_of(known, "sized", "small") is None
    assert facts_of(known, "gone", "") is None
