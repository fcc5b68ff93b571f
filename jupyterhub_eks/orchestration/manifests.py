"""Values and objects as YAML text without secrets."""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.releases.checking import first_fault, is_karpenters
from jupyterhub_eks.releases.secrecy import masked, masked_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_BETWEEN: Final = re.compile(r"^---[^\S\n]*$", re.MULTILINE)
# A definition of thousands of lines that takes no values.
_DEFINITION: Final = re.compile(r"^kind: CustomResourceDefinition$", re.MULTILINE)


def values_text(values: Mapping[str, Any], secrets: Iterable[str]) -> str:
    """Return the values of a release as YAML."""
    return _written(masked(values, secrets))


def manifests_text(made: str, secrets: frozenset[str]) -> tuple[str, int]:
    """Return Helm's output without secrets, and how many objects it holds.

    What needs no masking stays as Helm wrote it, comments included.

    Raises:
        ToolError: An object is one that Karpenter would refuse.
    """
    texts = [each.strip("\n") for each in _BETWEEN.split(made)]
    objects = [_without_secrets(text, secrets) for text in texts if _has_content(text)]
    return "".join(f"---\n{text}\n" for text in objects), len(objects)


def _has_content(text: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())


def _without_secrets(text: str, secrets: frozenset[str]) -> str:
    if _DEFINITION.search(text):
        return text
    found = YAML(typ="safe", pure=True).load(text)
    _refuse_faulty(found)
    shown = masked_object(found, secrets)
    if shown == found:
        return text
    comments = [line for line in text.splitlines() if line.startswith("# Source:")]
    return "\n".join([*comments, _written(shown).rstrip("\n")])


def _refuse_faulty(found: Any) -> None:
    if isinstance(found, dict) and is_karpenters(found):
        # Labels and annotations are Kubernetes' own matter.
        plain = {**found, "metadata": {"name": found["metadata"]["name"]}}
        if fault := first_fault(plain):
            raise ToolError(
                f"Karpenter would refuse the {found['kind']} {found['metadata']['name']}",
                cause=fault,
                hint="this is a fault of the chart or of jhub: report it with this message",
            )


def _written(value: Any) -> str:
    yaml = YAML(typ="rt", pure=True)
    yaml.default_flow_style = False
    yaml.width = 4096
    stream = StringIO()
    yaml.dump(_blocks(value), stream)
    return stream.getvalue()


def _blocks(value: Any) -> Any:
    """Return a tree whose texts of several lines are written as they read."""
    if isinstance(value, dict):
        return {key: _blocks(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_blocks(each) for each in value]
    if isinstance(value, str) and "\n" in value:
        return LiteralScalarString(value)
    return value
