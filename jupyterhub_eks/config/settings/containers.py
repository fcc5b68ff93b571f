"""Containers beside a server's own, as Kubernetes takes them. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.quantities import kubernetes
from jupyterhub_eks.config.settings.fault import Fault, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_PARTS: Final = ("limits", "requests")
# The server's own container has this name.
_TAKEN: Final = "notebook"


def container_faults(setting: str, given: Any) -> Iterator[Fault]:
    """Yield what is wrong with a list of containers, or a mapping of them.

    Args:
        setting: Name that messages use for the list.
        given: What is written.
    """
    if not isinstance(given, (list, dict)):
        yield Fault(
            message=f"`{setting}` is no list of containers",
            hint=f"write e.g. `{setting}: [{{name: helper, image: 'busybox:1.37'}}]`",
        )
        return
    names: set[str] = {_TAKEN}
    for key, each in given.items() if isinstance(given, dict) else enumerate(given):
        if not isinstance(each, dict):
            yield Fault(
                keys=(key,),
                message=f"an entry of `{setting}` is no container",
                hint="write a mapping with `name` and `image`",
            )
            continue
        yield from _one(key, each, names)


def resource_faults(given: Any, keys: tuple[str | int, ...] = ()) -> Iterator[Fault]:
    """Yield what is wrong with ``resources`` of a container, which stand at ``keys``."""
    if given is None:
        return
    if not isinstance(given, dict):
        yield _no_mapping(keys, "resources")
        return
    for part in _PARTS:
        asked = given.get(part)
        if asked is not None and not isinstance(asked, dict):
            yield _no_mapping((*keys, part), part)
        for name, value in asked.items() if isinstance(asked, dict) else ():
            amount = kubernetes(value)
            if amount is None or amount < 0:
                yield Fault(
                    keys=(*keys, part, name),
                    message=f"`{name}: {shown(value)}` is no amount",
                    hint=f"write e.g. `{name}: {'500m' if name == 'cpu' else '1Gi'}`",
                )
    yield from _above_limits(given, keys)


def _above_limits(given: Mapping[str, Any], keys: tuple[str | int, ...]) -> Iterator[Fault]:
    limits, requests = (
        each if isinstance(each := given.get(part), dict) else {} for part in _PARTS
    )
    for name, value in limits.items():
        most, least = kubernetes(value), kubernetes(requests.get(name))
        if most is not None and least is not None and 0 <= most < least:
            yield Fault(
                keys=(*keys, "limits", name),
                message=f"the limit `{name}: {shown(value)}` is less than the request "
                f"`{shown(requests[name])}`, which Kubernetes refuses",
                hint=f"write `{name}: {shown(requests[name])}` or more",
            )


def _one(key: str | int, given: Mapping[str, Any], names: set[str]) -> Iterator[Fault]:
    name, image = given.get("name"), given.get("image")
    if not isinstance(name, str) or not ("{" in name or _NAME.fullmatch(name)):
        found = f"`name: {shown(name)}` is no name of a container"
        yield Fault(
            keys=(key, "name"),
            message=found if "name" in given else "a container without `name`",
            hint="write e.g. `name: helper`: lower-case letters, digits and `-`",
        )
    elif name in names:
        yield Fault(
            keys=(key, "name"),
            message=f"the name `{name}` is taken by another container",
            hint="give each container its own name",
        )
    else:
        names.add(name)
    if not isinstance(image, str) or not image.strip():
        found = f"`image: {shown(image)}` is no image"
        yield Fault(
            keys=(key, "image"),
            message=found if "image" in given else "a container without `image`",
            hint="write e.g. `image: busybox:1.37`",
        )
    yield from resource_faults(given.get("resources"), (key, "resources"))


def _no_mapping(keys: tuple[str | int, ...], name: str) -> Fault:
    return Fault(
        keys=keys,
        message=f"`{name}` of a container is no mapping",
        hint="write e.g. `resources: {requests: {cpu: 100m, memory: 64Mi}}`",
    )
