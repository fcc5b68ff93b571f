"""Node pools that the API server refuses are left out, with the reason."""

from __future__ import annotations

import pytest

from jupyterhub_eks.foreign.documents import documents
from jupyterhub_eks.foreign.node_pools import faults, node_pools

REQUIREMENT = "{key: kubernetes.io/arch, operator: %s, values: [amd64]}"


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("null", "it has no `spec`"),
        ("[]", "it has no `spec`"),
        (f"{{template: {{spec: {{requirements: [{REQUIREMENT % 'Bogus'}]}}}}}}", "`Bogus`"),
    ],
)
def test_a_pool_that_is_refused_offers_nothing(spec: str, why: str) -> None:
    """No server is said to start on nodes that never exist."""
    roots = documents(f"kind: NodePool\nmetadata: {{name: d}}\nspec: {spec}\n", "np.yaml").roots

    assert not list(node_pools(roots))
    (problem,) = faults(roots)
    assert "the node pool `d` is left out" in problem.message
    assert why in problem.message


def test_a_sound_pool_stays() -> None:
    """An operator that is known is no reason."""
    spec = f"{{template: {{spec: {{requirements: [{REQUIREMENT % 'In'}]}}}}}}"
    roots = documents(f"kind: NodePool\nmetadata: {{name: d}}\nspec: {spec}\n", "np.yaml").roots

    assert [each.name for each in node_pools(roots)] == ["d"]
    assert not list(faults(roots))
