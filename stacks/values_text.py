"""Write Helm values as YAML in which Terraform's values work and nothing else does. Pure.

The text is what ``helm_release.values`` holds, so Terraform reads it as a template:
user text with ``${`` or ``%{`` must come out as it was written, while a token (the
stand-in of cdktf for a value that Terraform will know) must be replaced. Keys are in
order and one value stands on a line, so that a plan shows what changed.

No token is left in the text: in a string that holds one, cdktf also interprets every
other ``${`` and ``}``. Each becomes a reference to a Terraform local instead.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

# What cdktf puts into a string for a value that Terraform will know.
_TOKEN: Final = re.compile(r"(\$\{TfToken\[[^\]]+\]\})")
_MARKERS: Final = re.compile(r"[$%](?=\{)")
_SHORT: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BARE_EXPONENT: Final = re.compile(r"-?\d+e[-+]?\d+")
_INDENT: Final = "  "


def values_text(values: Mapping[str, Any], local_of: Callable[[str, str], str]) -> str:
    """Return ``values`` as a YAML document for Terraform.

    Strings are always quoted, since Helm reads YAML 1.1, where ``no`` is a boolean. Text
    of several lines is a block, so that a plan shows it by the line.

    Args:
        values: JSON-like data; strings may hold tokens, keys may not.
        local_of: Returns the name of the Terraform local that has the value of a token;
            it is also told the key under which the token was found.

    Raises:
        TypeError: A value or a key is of a type that YAML does not have.
    """
    return "".join(f"{line}\n" for line in _Writer(local_of).mapping(values, ""))


@dataclass(frozen=True)
class _Writer:
    local_of: Callable[[str, str], str]

    def mapping(self, values: Mapping[str, Any], indent: str) -> Iterator[str]:
        for key in sorted(values):
            head = f"{indent}{_escaped(_quoted(key))}:"
            yield from self._entry(head, key, values[key], indent)
        if not values:
            yield f"{indent}{{}}"

    def _sequence(self, key: str, values: Sequence[Any], indent: str) -> Iterator[str]:
        for value in values:
            yield from self._entry(f"{indent}-", key, value, indent)

    def _entry(self, head: str, key: str, value: Any, indent: str) -> Iterator[str]:
        deeper = indent + _INDENT
        if isinstance(value, dict) and value:
            yield head
            yield from self.mapping(value, deeper)
        elif isinstance(value, (list, tuple)) and value:
            yield head
            yield from self._sequence(key, value, deeper)
        elif isinstance(value, str) and _is_block(value):
            yield f"{head} {'|' if value.endswith(chr(10)) else '|-'}"
            for line in value.removesuffix("\n").split("\n"):
                yield _escaped(f"{deeper}{line}" if line else "")
        else:
            yield f"{head} {self._scalar(key, value)}"

    def _scalar(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            number = json.dumps(value, allow_nan=False)
            # YAML 1.1 wants a dot in a number with an exponent.
            return number.replace("e", ".0e") if _BARE_EXPONENT.fullmatch(number) else number
        if _TOKEN.search(value):
            # JSON is YAML, so whatever Terraform puts there is quoted as it must be.
            return f"${{jsonencode({self._expression(key, value)})}}"
        return _escaped(_quoted(value))

    def _expression(self, key: str, value: str) -> str:
        """Return an HCL string: tokens as references, the text between them literal."""
        if _TOKEN.fullmatch(value):
            return f"local.{self.local_of(value, key)}"
        parts = [
            f"${{local.{self.local_of(part, key)}}}"
            if _TOKEN.fullmatch(part)
            else _escaped(_body(part))
            for part in _TOKEN.split(value)
        ]
        return f'"{"".join(parts)}"'


def _is_block(text: str) -> bool:
    """Whether a block holds ``text`` exactly, whatever reads it."""
    lines = text.removesuffix("\n").split("\n")
    return (
        "\n" in text
        and not _TOKEN.search(text)
        and bool(lines[0].strip())
        and not lines[0].startswith((" ", "\t"))
        and bool(lines[-1].strip())
        and all(line.replace("\t", " ").isprintable() for line in lines)
    )


def _quoted(text: str) -> str:
    if not isinstance(text, str):
        raise TypeError(f"{text!r} is not a key of Helm values")
    return f'"{_body(text)}"'


def _body(text: str) -> str:
    """Return ``text`` as YAML and HCL both write it between double quotes."""
    return "".join(_SHORT.get(char) or _character(char) for char in text)


def _character(char: str) -> str:
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _escaped(text: str) -> str:
    """Double the markers with which Terraform's templates begin."""
    return _MARKERS.sub(lambda match: match[0] * 2, text)
