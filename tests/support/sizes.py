"""A profile whose sizes take devices away, add some, and go to other pools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.hub import deployment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.deployment import Deployment


def across_pools(sizes: Mapping[str, dict[str, Any]], *, neuron: str) -> Deployment:
    """Return a deployment of one profile with one GPU, two images and these sizes.

    Its pools are ``cpu``, ``gpu`` with four GPUs a machine, and ``inf``.

    Args:
        sizes: What each size has of its own, by title.
        neuron: The machine of pool ``inf``.
    """
    pools = {
        "cpu": {"instances": ["m7i.4xlarge"]},
        "gpu": {"instances": ["g6.12xlarge"]},
        "inf": {"instances": [neuron]},
    }
    profile = {
        "name": "Any",
        "pool": "gpu",
        "default": True,
        "gpu": 1,
        "memory": "8G",
        "images": {"A": "example.invalid/a:1", "B": "example.invalid/b:1"},
        "options": {"One": {}, **sizes},
    }
    return deployment({"pools": pools, "profiles": [profile]})
