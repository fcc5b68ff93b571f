"""Labels and annotations as Kubernetes takes them. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.settings.fault import Fault, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_PREFIX: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_MOST_PREFIX: Final = 253


def label_faults(name: str, given: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what Kubernetes refuses of labels; ``{…}`` is filled in by KubeSpawner.

    Args:
        name: The setting.
        given: Labels; null takes one away.
    """
    for key, value in given.items():
        if not _is_key(key):
            yield _bad_key(key, "label")
        elif value is None or (isinstance(value, str) and "{" in value):
            continue
        elif not isinstance(value, str):
            yield _no_text(key, value, name)
        elif value and not _NAME.fullmatch(value):
            yield Fault(
                keys=(key,),
                message=f"`{shown(value)}` is no value of a label",
                hint="write at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit "
                "at both ends",
            )


def annotation_faults(name: str, given: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what Kubernetes refuses of annotations.

    Args:
        name: The setting.
        given: Annotations; null takes one away.
    """
    for key, value in given.items():
        if not _is_key(key):
            yield _bad_key(key, "annotation")
        elif value is not None and not isinstance(value, str):
            yield _no_text(key, value, name)


def _is_key(key: str) -> bool:
    if "{" in key:
        return True
    prefix, slash, name = key.rpartition("/")
    if slash and (len(prefix) > _MOST_PREFIX or not _PREFIX.fullmatch(prefix)):
        return False
    return bool(_NAME.fullmatch(name))


def _bad_key(key: str, kind: str) -> Fault:
    return Fault(
        keys=(key,),
        message=f"`{shown(key)}` is no key of {'an' if kind[0] == 'a' else 'a'} {kind}",
        hint="write e.g. `team` or `example.org/team`",
        at_key=True,
    )


def _no_text(key: str, value: object, name: str) -> Fault:
    quoted = "" if isinstance(value, (dict, list)) else f'; write `{key}: "{shown(value)}"`'
    return Fault(
        keys=(key,),
        message=f"`{shown(key)}` of `{name}` is {shown(value)}, which is no text: Kubernetes "
        "refuses the server",
        hint=f"put it in quotes{quoted}" if quoted else "write a text",
    )
