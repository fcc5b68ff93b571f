"""What the system node group is made of, apart from Terraform. Pure."""

from __future__ import annotations

import re
from typing import Final

# Family letters, generation, attributes: m7gd.large -> m, 7, gd.
_INSTANCE_TYPE: Final = re.compile(r"^[a-z]+\d+(?P<attributes>[a-z]*)[-.]")

# The hub's core pods, Karpenter and CoreDNS choose nodes by this label (facts 6.3).
# The group carries no taint: notebooks demand `node-purpose: user` and so stay away
# by themselves, while every controller chart would need a toleration of its own.
NODE_LABELS: Final = {"hub.jupyter.org/node-purpose": "core"}


def ami_type_of(instance_type: str) -> str:
    """Return the EKS AMI type for ``instance_type``: AL2023 for x86-64 or Graviton.

    A ``g`` after the generation marks a Graviton processor (EC2 naming convention);
    ``a1`` is older than the convention.
    """
    match = _INSTANCE_TYPE.match(instance_type)
    attributes = match.group("attributes") if match else ""
    arm = "g" in attributes or instance_type.startswith("a1.")
    return "AL2023_ARM_64_STANDARD" if arm else "AL2023_x86_64_STANDARD"
