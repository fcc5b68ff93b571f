"""Containers beside a server's own, and what the pod asks for with them. Pure.

As Kubernetes counts it: containers, and init containers that stay (``restartPolicy: Always``), are
added up; every other init container runs alone, with those that stay and stand before it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.document import ListNode, MapNode, Scalar
from jupyterhub_eks.foreign import extended as names
from jupyterhub_eks.foreign.documents import entry_at, is_open, text_at, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.document import Node
    from jupyterhub_eks.foreign.amounts import Amount, SettingsReader

_BESIDE: Final = "extra_containers"
_BEFORE: Final = "init_containers"


def base_units(requests: Mapping[str, Amount]) -> dict[str, int]:
    """Return requests in the units of placement, each rounded up; those of nothing are left out."""
    return {
        name: math.ceil(each.value * 1000 if name == names.CPU else each.value)
        for name, each in requests.items()
        if each.value
    }


def of_pod(own: Mapping[str, int], reader: SettingsReader) -> dict[str, int]:
    """Return what the whole pod asks for, by resource.

    Args:
        own: What the server's own container asks for, in the units of placement.
        reader: Reads the settings; notes what is wrong with the containers.
    """
    total = dict(own)
    for each, setting in _containers(reader, _BESIDE):
        total = _sum(total, _requests(each, setting, reader))
    staying: dict[str, int] = {}
    peaks: list[dict[str, int]] = []
    for each, setting in _containers(reader, _BEFORE):
        asked = _requests(each, setting, reader)
        if text_at(each, "restartPolicy") == "Always":
            staying = _sum(staying, asked)
            peaks.append(staying)
        else:
            peaks.append(_sum(staying, asked))
    total = _sum(total, staying)
    return {
        name: max(each.get(name, 0) for each in (total, *peaks))
        for name in dict.fromkeys(name for each in (total, *peaks) for name in each)
    }


def _containers(reader: SettingsReader, setting: str) -> Iterator[tuple[MapNode, str]]:
    pod_key = {_BESIDE: "containers", _BEFORE: "initContainers"}[setting]
    pod = entry_at(reader.settings.get("extra_pod_config"), pod_key)
    if setting == _BEFORE and pod is not None:
        yield from _of(pod, f"extra_pod_config.{pod_key}", reader)
        return
    node = reader.settings.get(setting)
    if node is not None and not (isinstance(node, Scalar) and node.value is None):
        yield from _of(node, setting, reader)


def _of(node: Node, setting: str, reader: SettingsReader) -> Iterator[tuple[MapNode, str]]:
    if is_open(node, reader.tagged):
        reader.leave_open(node, setting)
    elif not isinstance(node, (ListNode, MapNode)):
        reader.say(
            node.place,
            setting,
            f"`{setting}` is no list of containers: no server starts with it",
            f"write e.g. `{setting}: [{{name: helper, image: 'busybox:1.37'}}]`",
        )
    for each in values_of(node):
        if isinstance(each, MapNode):
            yield each, setting
        elif is_open(each, reader.tagged):
            reader.leave_open(each, setting)
        else:
            reader.say(
                each.place,
                setting,
                f"an entry of `{setting}` is no container: Kubernetes refuses the server",
                "write a mapping with `name` and `image`",
            )


def _requests(container: MapNode, setting: str, reader: SettingsReader) -> dict[str, int]:
    """Return what a container asks for; where it only has a limit, Kubernetes takes that."""
    found: dict[str, Amount] = {}
    for part in ("limits", "requests"):
        node = entry_at(container, "resources", part)
        reader.mapped(node, f"{setting}.resources.{part}", found)
    return base_units(found)


def _sum(first: Mapping[str, int], second: Mapping[str, int]) -> dict[str, int]:
    return {name: first.get(name, 0) + second.get(name, 0) for name in {**first, **second}}
