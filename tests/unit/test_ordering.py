"""Stacks come after what they depend on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks import ordering


@given(st.dictionaries(st.integers(0, 9), st.sets(st.integers(0, 9))))
def test_order_respects_every_dependency(edges: dict[int, set[int]]) -> None:
    """Whatever the graph, each name stands after those it depends on."""
    acyclic = {str(n): [str(m) for m in needs if m < n] for n, needs in edges.items()}

    order = ordering.order(acyclic)

    assert sorted(order) == sorted(acyclic)
    for name, needs in acyclic.items():
        assert all(order.index(n) < order.index(name) for n in needs if n in acyclic)


def test_a_circle_is_rejected_and_named() -> None:
    """The error names the circle."""
    with pytest.raises(ValueError, match=r"a -> b -> a|b -> a -> b"):
        ordering.order({"a": ("b",), "b": ("a",)})


def test_reverse_turns_every_dependency_round() -> None:
    """Destroy waits for the dependants."""
    assert ordering.reverse({"network": (), "cluster": ("network",)}) == {
        "network": ("cluster",),
        "cluster": (),
    }
