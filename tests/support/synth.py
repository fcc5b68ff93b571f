"""Read synthesized Terraform JSON in tests: partial matches with helpful failures."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.synth import SynthesizedStack, synthesize

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment

_SHOWN = 3


@dataclass(frozen=True)
class Contains:
    """Matches a list that has, in any order, a match for each of ``items``."""

    items: tuple[Any, ...]

    def __init__(self, *items: Any) -> None:
        object.__setattr__(self, "items", items)


@dataclass(frozen=True)
class JsonText:
    """Matches a string that holds JSON which matches ``expected``, e.g. an IAM policy."""

    expected: Any


@dataclass(frozen=True)
class Matching:
    """Matches a string in which the regular expression is found."""

    pattern: str


@dataclass(frozen=True)
class Absent:
    """Matches a key that is not there."""


ABSENT = Absent()


def differences(expected: Any, actual: Any, path: str = "") -> list[str]:
    """Return where ``actual`` does not match ``expected``; empty means it matches.

    A mapping matches one that has at least its keys; a list matches one of the same
    length, element by element; a callable matches what it returns true for; the
    classes of this module match as they say; anything else matches its equal.
    """
    where = path or "the whole"
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return [f"{where}: expected a mapping, found {_short(actual)}"]
        return [line for key in expected for line in _key(expected[key], actual, key, path)]
    if isinstance(expected, (list, tuple)):
        if not isinstance(actual, list) or len(actual) != len(expected):
            return [f"{where}: expected {len(expected)} elements, found {_short(actual)}"]
        pairs = enumerate(zip(expected, actual, strict=True))
        return [line for i, (e, a) in pairs for line in differences(e, a, f"{path}[{i}]")]
    return [] if _leaf_matches(expected, actual) else [_unlike(where, expected, actual)]


def _key(expected: Any, actual: dict[str, Any], key: str, path: str) -> list[str]:
    inner = f"{path}.{key}" if path else key
    if isinstance(expected, Absent):
        return [f"{inner}: expected nothing, found {_short(actual[key])}"] if key in actual else []
    if key not in actual:
        return [f"{inner}: is missing, expected {_short(expected)}"]
    return differences(expected, actual[key], inner)


def _leaf_matches(expected: Any, actual: Any) -> bool:
    if isinstance(expected, Contains):
        return isinstance(actual, list) and all(
            any(not differences(item, found) for found in actual) for item in expected.items
        )
    if isinstance(expected, JsonText):
        return isinstance(actual, str) and not differences(expected.expected, json.loads(actual))
    if isinstance(expected, Matching):
        return isinstance(actual, str) and re.search(expected.pattern, actual) is not None
    if callable(expected):
        return bool(expected(actual))
    return bool(expected == actual)


def _unlike(where: str, expected: Any, actual: Any) -> str:
    return f"{where}: expected {_short(expected)}, found {_short(actual)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:197]}..."


@dataclass(frozen=True)
class StackJson:
    """The Terraform JSON of one stack."""

    stack: SynthesizedStack
    content: dict[str, Any]

    @property
    def name(self) -> str:
        """Name of the stack."""
        return self.stack.name

    @property
    def outputs(self) -> dict[str, Any]:
        """Output blocks by name."""
        blocks: dict[str, Any] = self.content.get("output", {})
        return blocks

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the resources of a type, e.g. ``aws_vpc``, by their id."""
        blocks: dict[str, dict[str, Any]] = self.content.get("resource", {}).get(kind, {})
        return blocks

    def data(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the data sources of a type by their id."""
        blocks: dict[str, dict[str, Any]] = self.content.get("data", {}).get(kind, {})
        return blocks

    def matching(self, kind: str, **expected: Any) -> dict[str, dict[str, Any]]:
        """Return the resources of a type that match ``expected``; there may be none."""
        return {
            key: body
            for key, body in self.resources(kind).items()
            if not differences(expected, body)
        }

    def the(self, kind: str, **expected: Any) -> dict[str, Any]:
        """Return the one resource of a type that matches ``expected``.

        Raises:
            AssertionError: None or several do; says how the closest ones differ.
        """
        found = self.matching(kind, **expected)
        if len(found) != 1:
            raise AssertionError(self._explain(kind, expected, found))
        return next(iter(found.values()))

    def assert_count(self, kind: str, count: int, **expected: Any) -> None:
        """Check how many resources of a type match ``expected``.

        Raises:
            AssertionError: Another number does; says how the closest ones differ.
        """
        found = self.matching(kind, **expected)
        if len(found) != count:
            raise AssertionError(self._explain(kind, expected, found, wanted=count))

    def _explain(
        self, kind: str, expected: dict[str, Any], found: dict[str, Any], *, wanted: int = 1
    ) -> str:
        lines = [f"stack {self.name!r}: {len(found)} of {len(self.resources(kind))} {kind} match,"]
        lines.append(f"expected {wanted} with {_short(expected)}")
        if found:
            lines.append(f"matching: {', '.join(found)}")
        unlike = {
            key: differences(expected, body)
            for key, body in self.resources(kind).items()
            if key not in found
        }
        for key in sorted(unlike, key=lambda key: (len(unlike[key]), key))[:_SHOWN]:
            lines += [f"closest: {kind}.{key}", *(f"  {line}" for line in unlike[key])]
        if not self.resources(kind):
            lines.append(f"types in this stack: {', '.join(self.content.get('resource', {}))}")
        return "\n".join(lines)


Stacks = dict[str, StackJson]


class Synthesizer:
    """Synthesizes deployments below a folder, each once.

    Args:
        folder: Where the files go.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._done: dict[str, Stacks] = {}

    def __call__(self, deployment: Deployment, *, protect_data: bool = False) -> Stacks:
        """Return the parsed stacks of ``deployment`` by name, upstream first."""
        key = f"{protect_data} {deployment.model_dump_json()}"
        if key not in self._done:
            out = self._folder / str(len(self._done))
            result = synthesize(deployment, out, protect_data=protect_data)
            self._done[key] = {stack.name: read_stack(stack) for stack in result.stacks}
        return self._done[key]


def read_stack(stack: SynthesizedStack) -> StackJson:
    """Return the parsed file of a synthesized stack."""
    text = (stack.directory / "cdk.tf.json").read_text(encoding="utf-8")
    return StackJson(stack=stack, content=json.loads(text))
