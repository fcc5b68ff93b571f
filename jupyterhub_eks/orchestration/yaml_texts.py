"""Read YAML as Helm does: as JSON. Pure."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.orchestration.masking import Gap
from jupyterhub_eks.releases.merging import merge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Stands for a value that Terraform will know; a character of no language.
_UNKNOWN: Final = "\ue000"
_REFERENCE: Final = re.compile(
    r"(?<!\$)\$\{jsonencode\((?:local\.\w+|\"(?:[^\"\\]|\\.)*\")\)\}"  # see stacks.values_text
)
_ESCAPED: Final = re.compile(r"([$%])\1(?=\{)")
_SEPARATOR: Final = re.compile(r"^---(?:[ \t].*)?$", re.MULTILINE)
_COMMENT: Final = re.compile(r"^#.*\n?", re.MULTILINE)
# Plain words that Helm takes for true and false, as YAML 1.1 did.
_BOOLEAN: Final = "tag:yaml.org,2002:bool"
_BOOLEAN_WORDS: Final = re.compile("(?:y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$")


class UnreadableError(Exception):
    """A text is not YAML, or holds more than JSON can."""


def read_yaml(text: str) -> Any:
    """Return the content of a YAML document, keys as texts, as Helm makes JSON of it.

    Raises:
        UnreadableError: It is no YAML.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415 - slow to load
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    yaml = YAML(typ="safe", pure=True)
    resolver = yaml.resolver
    _ = resolver.versioned_resolver  # reads the rules of YAML 1.2, to which one is added
    resolver.add_version_implicit_resolver((1, 2), _BOOLEAN, _BOOLEAN_WORDS, list("yYnNoO"))
    try:
        return _as_json(yaml.load(text))
    except (YAMLError, ValueError, TypeError, RecursionError) as error:
        raise UnreadableError(type(error).__name__) from None  # its text quotes the document


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {_key(key): _as_json(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_as_json(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, (str, bool, int, float)) else str(value)


def _key(key: Any) -> str:
    if isinstance(key, bool):
        return str(key).lower()
    return "null" if key is None else str(key)


def read_values(texts: Iterable[str]) -> dict[str, Any]:
    """Return the values that Helm makes of several documents, the later ones laid over.

    Raises:
        UnreadableError: One is no YAML, or no mapping.
    """
    merged: dict[str, Any] = {}
    for text in texts:
        tree = read_yaml(text)
        if tree is not None and not isinstance(tree, dict):
            raise UnreadableError("not a mapping")
        merged = merge(merged, tree or {})
    return merged


def read_templates(texts: Iterable[str]) -> dict[str, Any]:
    """Return values as they stand in a stack's files, with a gap where Terraform fills in.

    Raises:
        UnreadableError: One is no YAML.
    """
    tree = read_values(_ESCAPED.sub(r"\1", _REFERENCE.sub(f'"{_UNKNOWN}"', text)) for text in texts)
    result: dict[str, Any] = _with_gaps(tree)
    return result


def _with_gaps(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_gaps(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_gaps(each) for each in value]
    return Gap.UNKNOWN if value == _UNKNOWN else value


def documents(manifest: str) -> Iterator[str]:
    """Yield the documents of a manifest as texts, without comment lines at their head."""
    for part in _SEPARATOR.split(manifest):
        text = part.strip("\n")
        while text.startswith("#"):
            text = _COMMENT.sub("", text, count=1).lstrip("\n")
        if text.strip():
            yield text
