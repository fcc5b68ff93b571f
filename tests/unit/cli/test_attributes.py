"""What changes in a resource is drawn so that it fits and nothing that matters is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks.cli.console.attributes import MOST_ATTRIBUTES, draw_attributes
from jupyterhub_eks.cli.console.terminal import ASCII, UNICODE, Glyphs
from jupyterhub_eks.orchestration.changes import AttributeChange, ResourceDetail, Shown

if TYPE_CHECKING:
    from jupyterhub_eks.orchestration.differences import Kind

UNKNOWN, SENSITIVE = Shown(state="unknown"), Shown(state="sensitive")
ABSENT = Shown(state="absent")


def _known(value: Any) -> Shown:
    return Shown(state="known", value=value)


def _change(
    before: Shown,
    after: Shown,
    *,
    name: str = "size",
    kind: Kind = "changed",
    forces: bool = False,
) -> AttributeChange:
    return AttributeChange(
        path=(name,), name=name, kind=kind, before=before, after=after, forces_replacement=forces
    )


def _lines(
    *changes: AttributeChange, width: int = 80, reason: str = "", glyphs: Glyphs = UNICODE
) -> list[str]:
    detail = ResourceDetail(address="aws_thing.a", attributes=changes, reason=reason)
    return [line.plain for line in draw_attributes(detail, glyphs, width)]


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (_known(35), _known(14), "35 -> 14"),
        (_known("a"), UNKNOWN, '"a" -> known after apply'),
        (SENSITIVE, SENSITIVE, "(sensitive) -> (sensitive)"),
        (_known(None), _known([1, "x"]), 'none -> [1, "x"]'),
    ],
)
def test_values_are_told_before_and_after(before: Shown, after: Shown, text: str) -> None:
    """Texts are quoted, so that none can be taken for one of our words."""
    assert _lines(_change(before, after)) == [f"size: {text}"]


@pytest.mark.parametrize(
    ("kind", "before", "after", "text"),
    [
        ("added", ABSENT, _known("b"), '+ "b"'),
        ("removed", _known("a"), ABSENT, '- "a"'),
        ("reordered", _known([1]), _known([1]), "only the order changes"),
        ("reformatted", _known("{}"), _known("{ }"), "only the formatting changes"),
    ],
)
def test_each_kind_has_its_form(kind: Kind, before: Shown, after: Shown, text: str) -> None:
    """What comes and goes has a sign, what stays the same a word."""
    assert _lines(_change(before, after, kind=kind)) == [f"size: {text}"]


def test_what_forces_a_replacement_says_so() -> None:
    """It is the most important word of the plan."""
    line = _lines(_change(_known("a"), _known("b"), forces=True))[0]
    assert line == 'size: "a" -> "b"  (forces replacement)'


def test_many_attributes_end_in_a_number() -> None:
    """A resource never fills the screen."""
    changes = [_change(_known(1), _known(2), name=f"n{at}") for at in range(MOST_ATTRIBUTES + 3)]
    lines = _lines(*changes)
    assert (len(lines), lines[-1]) == (MOST_ATTRIBUTES + 1, "and 3 more")


def test_what_only_follows_from_a_replacement_is_counted() -> None:
    """A new resource has a new id; the reason is what is read. Alone, it is told."""
    cause = _change(_known("a"), _known("b"), name="cidr", forces=True)
    others = (
        _change(_known("i-1"), UNKNOWN, name="id"),
        _change(_known(0), _known(None), name="zero"),
        _change(_known(1), _known(2), name="mine"),
    )
    assert _lines(cause, *others) == [
        'cidr: "a" -> "b"  (forces replacement)',
        "mine: 1 -> 2",
        "and 2 more",
    ]
    assert _lines(others[0]) == ['id: "i-1" -> known after apply']


def test_a_replacement_without_attribute_has_its_reason() -> None:
    """And an update of nothing that shows is not silent either."""
    assert _lines(reason="its creation was cut short") == ["replaced: its creation was cut short"]
    assert _lines() == ["no attribute that can be shown"]


def test_a_difference_in_a_long_value_stays_in_sight() -> None:
    """Both are cut around it, not at their ends."""
    long = "x" * 300
    (line,) = _lines(_change(_known(f"{long}OLD{long}"), _known(f"{long}NEW{long}")))
    assert "OLD" in line
    assert "NEW" in line
    assert len(line) <= 80


def test_our_own_words_are_never_cut() -> None:
    """However little room there is for the value beside them."""
    change = _change(_known("subnet-0123456789abcdef0"), UNKNOWN, name="n" * 30, forces=True)
    assert "known after apply" in " ".join(_lines(change, width=60))


def test_a_value_cannot_command_the_terminal() -> None:
    """Control characters are written out, in names as in values."""
    (line,) = _lines(_change(_known("a\x1b[2J\x9b\x7f\n"), _known("b"), name="k\x7f"))
    assert line.isprintable()


@given(
    before=st.text(max_size=200),
    after=st.text(max_size=200),
    width=st.integers(60, 120),
    forces=st.booleans(),
)
def test_lines_fit_and_ascii_stays_ascii(
    before: str, after: str, width: int, *, forces: bool
) -> None:
    """Whatever the values are."""
    change = _change(_known(before), _known(after), forces=forces)
    lines = _lines(change, width=width, glyphs=ASCII)
    assert all(len(line) <= width and line.isascii() for line in lines)


@given(st.text(alphabet="ab", max_size=90), st.text(alphabet="ab", max_size=90))
def test_a_cut_pair_still_differs(before: str, after: str) -> None:
    """Nobody reads a change that looks like none."""
    if before == after:
        return
    text = " ".join(_lines(_change(_known(before), _known(after)), width=60))
    left, _, right = text.removeprefix("size:").strip().partition(" -> ")
    assert left != right
