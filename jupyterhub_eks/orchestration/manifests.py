"""Values and objects as YAML text without secrets."""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.orchestration.yaml_texts import UnreadableError, read_yaml
from jupyterhub_eks.releases.checking import first_fault, is_karpenters
from jupyterhub_eks.releases.secrecy import masked, masked_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_BETWEEN: Final = re.compile(r"^---[^\S\n]*$", re.MULTILINE)
# A definition of thousands of lines that takes no values.
_DEFINITION: Final = re.compile(r"^kind: (CustomResourceDefinition)$", re.MULTILINE)
_VERSION: Final = re.compile(r"^apiVersion: (\S+)$", re.MULTILINE)


class Manifests(NamedTuple):
    """What Helm makes of a release.

    Attributes:
        text: YAML documents without secrets.
        objects: The objects, secrets included; of a definition of a kind no more than
            what it is.
    """

    text: str
    objects: tuple[Any, ...]


def values_text(values: Mapping[str, Any], secrets: Iterable[str]) -> str:
    """Return the values of a release as YAML."""
    return _written(masked(values, secrets))


def manifests_of(made: str, secrets: frozenset[str]) -> Manifests:
    """Return Helm's output without secrets, and the objects in it.

    What needs no masking stays as Helm wrote it, comments included.

    Raises:
        ToolError: It is no YAML, or an object is one that Karpenter would refuse.
    """
    read = [(text, _read(text)) for text in _texts(made)]
    shown = [_without_secrets(text, found, secrets) for text, found in read]
    return Manifests("".join(f"---\n{text}\n" for text in shown), tuple(each for _, each in read))


def objects_of(made: str) -> tuple[Any, ...]:
    """Return the objects in Helm's output, as in :class:`Manifests`.

    Raises:
        ToolError: It is no YAML.
    """
    return tuple(_read(text) for text in _texts(made))


def _texts(made: str) -> Iterator[str]:
    for each in _BETWEEN.split(made):
        lines = each.splitlines()
        if any(line.strip() and not line.lstrip().startswith("#") for line in lines):
            yield each.strip("\n")


def _read(text: str) -> Any:
    if kind := _DEFINITION.search(text):
        version = _VERSION.search(text)
        return {"apiVersion": version[1] if version else "", "kind": kind[1]}
    try:
        return read_yaml(text)
    except UnreadableError as error:
        source = next((line for line in text.splitlines() if line.startswith("# Source:")), "")
        raise ToolError(
            f"an object of a chart cannot be read as YAML: {error}",
            cause=source.removeprefix("# "),
            hint="correct the values that it is made of, most often in `hub_values`",
        ) from error


def _without_secrets(text: str, found: Any, secrets: frozenset[str]) -> str:
    if _DEFINITION.search(text):
        return text
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
