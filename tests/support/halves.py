"""Both halves of a deployment, synthesized; and what its Helm releases say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from jupyterhub_eks.synth import Composition

if TYPE_CHECKING:
    from jupyterhub_eks.synth import Build
    from tests.support.synth import StackJson


def load_both_halves() -> Build:
    """Return the entry point of the whole composition."""
    from stacks import registry  # noqa: PLC0415 - imports cdktf; bindings must be prepared

    build: Build = registry.build_all
    return build


BOTH = Composition(load=load_both_halves)


def release_values(stack: StackJson, release: str) -> dict[str, Any]:
    """Return the values of a release as Helm reads them, with locals by their name."""
    (text,) = stack.the("helm_release", name=release)["values"]
    text = re.sub(r"\$\{jsonencode\((local\.\w+)\)\}", r'"\1"', text)
    text = re.sub(r"\$\{jsonencode\(\"((?:[^\"\\]|\\.)*)\"\)\}", r'"\1"', text)
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)
    return dict(yaml.load(text.replace("$${", "${").replace("%%{", "%{")))
