"""Whether the values fit into the Secret in which the chart keeps them. Pure.

The chart (z2jh 4.4.0, ``templates/hub/secret.yaml``) puts all values into the Secret ``hub``, and
the files of ``hub.extraFiles`` once more each. Kubernetes takes 1 MiB of data in a Secret.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Kubernetes 1.36, `MaxSecretSize`; less what the chart's own values and tokens take.
MOST: Final = 1024 * 1024 - 32 * 1024
# How far YAML indents the lines of a text.
_INDENT: Final = 8
_NAMED: Final = 3
_DECODED: Final = 3 / 4


def secret_fault(values: Mapping[str, Any]) -> str:
    """Return why the chart's Secret would be refused; empty: it would not.

    Args:
        values: Of the release.
    """
    parts = dict(_parts(values))
    total = sum(parts.values())
    if total <= MOST:
        return ""
    largest = sorted(parts, key=lambda name: parts[name], reverse=True)[:_NAMED]
    told = ", ".join(f"`{name}` {_kib(parts[name])}" for name in largest)
    return (
        f"the Secret with the hub's values would hold {_kib(total)}, and Kubernetes takes "
        f"{_kib(MOST)} of ours: {told}"
    )


def _parts(values: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield keys of the values with what they take, files with both of their copies."""
    for section, given in values.items():
        for key, value in given.items() if isinstance(given, dict) else [("", given)]:
            name = f"{section}.{key}" if key else section
            if name == "hub.extraFiles":
                for file, content in value.items():
                    yield f"{name}.{file}", _size(content) + _content(content)
            else:
                yield name, _size(value)


def _content(file: Mapping[str, Any]) -> int:
    """Return how large a file is itself."""
    if "binaryData" in file:
        return int(len(str(file["binaryData"])) * _DECODED)
    return _size(file.get("stringData", file.get("data")))


def _size(value: object) -> int:
    """Return how much YAML a value is, about: lines of texts are indented."""
    text = json.dumps(value, ensure_ascii=False)
    return len(text.encode()) + _INDENT * text.count("\\n")


def _kib(count: int) -> str:
    return f"{count // 1024} KiB"
