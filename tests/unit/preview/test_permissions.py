"""What a preview may not do in somebody's cluster is told all at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from jupyterhub_eks.errors import ClusterError
from jupyterhub_eks.preview.permissions import NEEDED, require_permissions


class Reviews:
    """An API that allows some things; notes what it was asked."""

    def __init__(self, refused: set[tuple[str, str]]) -> None:
        self.refused, self.asked = refused, []

    def create(self, review: Any) -> Any:
        """Answer a review."""
        what = review.spec.resourceAttributes
        self.asked.append((what.verb, what.resource, what.namespace))
        is_allowed = (what.verb, what.resource) not in self.refused
        return SimpleNamespace(status=SimpleNamespace(allowed=is_allowed))


def test_everything_is_asked_where_it_is_needed() -> None:
    """Of the whole cluster as little as possible."""
    api: Any = Reviews(set())

    require_permissions(api, "prod", "jhub-preview-1")

    assert len(api.asked) == len(NEEDED)
    everywhere = {(verb, resource) for verb, resource, namespace in api.asked if not namespace}
    assert everywhere == {
        ("create", "namespaces"),
        ("get", "namespaces"),
        ("delete", "namespaces"),
        ("list", "nodes"),
    }
    assert {namespace for *_, namespace in api.asked} == {None, "jhub-preview-1"}


def test_all_that_is_missing_is_named() -> None:
    """So that an administrator is asked only once."""
    api: Any = Reviews({("create", "namespaces"), ("watch", "pods")})

    with pytest.raises(ClusterError) as caught:
        require_permissions(api, "prod", "jhub-preview-1")

    assert "prod" in caught.value.message
    assert caught.value.cause == "missing: create namespaces, watch pods in its namespace"
    assert "--cluster" in caught.value.hint
