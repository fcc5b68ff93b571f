"""What the Helm releases of a synthesized stack say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

if TYPE_CHECKING:
    from tests.support.synth import StackJson


def release_values(stack: StackJson, release: str) -> dict[str, Any]:
    """Return the values of a release as Helm reads them, with locals by their name."""
    (text,) = stack.the("helm_release", name=release)["values"]
    text = re.sub(r"\$\{jsonencode\((local\.\w+)\)\}", r'"\1"', text)
    text = re.sub(r"\$\{jsonencode\(\"((?:[^\"\\]|\\.)*)\"\)\}", r'"\1"', text)
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)
    return dict(yaml.load(text.replace("$${", "${").replace("%%{", "%{")))
