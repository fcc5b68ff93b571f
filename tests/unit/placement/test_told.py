"""What users read of profiles that only the proof knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.costs import costs
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.placement.told import price_text, told_of
from tests.support.hub import deployment

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import Deployment

PROFILES: dict[str, Any] = {
    "pools": {
        "cpu": {"instances": ["m7i"], "sizes": ["xlarge"]},
        "gpu": {"instances": ["g6.xlarge"]},
        "warm": {"instances": ["m7i"], "sizes": ["xlarge"], "warm": {"nodes": 1}},
    },
    "profiles": [
        {
            "name": "Small or large",
            "default": True,
            "pool": "cpu",
            "options": {"Small": {"cpu": 1, "memory": "4G"}, "GPU": {"pool": "gpu", "gpu": 1}},
        },
        {"name": "Warm", "pool": "warm", "cpu": 1, "memory": "2G"},
    ],
}


def made(**look: Any) -> Deployment:
    """Return a deployment."""
    return deployment(PROFILES, appearance=look)


def test_times_are_told_always() -> None:
    """By slugs of profile and size; nothing where room is kept ready."""
    told = told_of(made(), catalog())

    assert {slug: list(sizes) for slug, sizes in told.items()} == {
        "small-or-large": ["small", "gpu"],
        "warm": [""],
    }
    assert told["small-or-large"]["gpu"].minutes > told["small-or-large"]["small"].minutes > 0
    assert told["warm"][""].minutes == 0
    assert {each.price for sizes in told.values() for each in sizes.values()} == {""}


def test_prices_are_those_of_the_proof() -> None:
    """The cheapest machine, divided by the servers that it has room for."""
    both = made(prices=True)
    told = told_of(both, catalog())
    first = costs(prove(both, catalog())[0], catalog(), both.settings.region)[0]

    price = told["small-or-large"]["small"].price
    assert price == price_text(first) == f"about ${first.alone / first.fit.users:.2f} an hour"
    assert told["small-or-large"]["gpu"].price > price
