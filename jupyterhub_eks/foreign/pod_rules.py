"""Settings of a pod that let no server start, whatever it asks for. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.document import MapNode, Scalar
from jupyterhub_eks.foreign.documents import entry_at, is_open, text_at, texts, values_of
from jupyterhub_eks.foreign.selecting import Requirement, holds, requirements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.document import Node, Place
    from jupyterhub_eks.foreign.amounts import SettingsReader

_IMAGE: Final = re.compile(
    r"[a-z0-9][a-z0-9.-]*(:\d{1,5}/)?[a-z0-9._/-]*(:[A-Za-z0-9_][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?"
)
# Kubernetes' own, and the one that the chart brings; with the release in front in some setups.
_SCHEDULERS: Final = ("default-scheduler", "user-scheduler")
_HOST: Final = "kubernetes.io/hostname"
# What the chart and KubeSpawner put on the pod of every user.
_USER_LABELS: Final = {
    "app": "jupyterhub",
    "component": "singleuser-server",
    "app.kubernetes.io/component": "singleuser-server",
    "app.kubernetes.io/managed-by": "kubespawner",
    "app.kubernetes.io/name": "jupyterhub",
}


def is_image(node: Node) -> bool:
    """Whether a value is a reference of an image."""
    return isinstance(node, Scalar) and node.value is not None and bool(_IMAGE.fullmatch(node.text))


def fault_of_image(node: Node, tagged: frozenset[Place]) -> tuple[str, str] | None:
    """Return what is wrong with an image and what to write; None: nothing is."""
    if is_open(node, tagged) or is_image(node):
        return None
    shown = node.text[:60] if isinstance(node, Scalar) else "…"
    return (
        f"`image: {shown}` is no reference of an image: no server starts with it",
        "write e.g. `quay.io/jupyter/base-notebook:2025-12-31`, or remove it",
    )


def check_pod(reader: SettingsReader) -> None:
    """Note settings with which no server starts, or of which nothing is known."""
    settings = reader.settings
    image = settings.get("image")
    if image is not None and (fault := fault_of_image(image, reader.tagged)):
        reader.say(image.place, "image", *fault)
    pod = settings.get("extra_pod_config")
    for setting, node in (
        ("node_selector", settings.get("node_selector")),
        ("extra_pod_config.nodeSelector", entry_at(pod, "nodeSelector")),
    ):
        _check_selector(reader, setting, node)
    _check_scheduler(reader, entry_at(pod, "schedulerName") or settings.get("scheduler_name"))


def _check_selector(reader: SettingsReader, setting: str, node: Node | None) -> None:
    if node is None or isinstance(node, MapNode) or is_open(node, reader.tagged):
        return
    if not (isinstance(node, Scalar) and node.value is None):
        reader.say(
            node.place,
            setting,
            f"`{setting}` is no mapping of labels: no server starts with it",
            f"write e.g. `{setting.rpartition('.')[2]}: {{kubernetes.io/arch: amd64}}`",
        )


def _check_scheduler(reader: SettingsReader, node: Node | None) -> None:
    if not isinstance(node, Scalar) or not node.value or is_open(node, reader.tagged):
        return
    if not node.text.endswith(_SCHEDULERS):
        reader.unknown = f"nothing is known of the scheduler `{node.text[:60]}`"
        reader.is_open = True
        reader.say(
            node.place,
            "scheduler_name",
            f"{reader.unknown}; without it a server waits for ever",
            "check that it runs; the chart's own needs no `scheduler_name`",
            "warning",
        )


def is_alone(reader: SettingsReader) -> bool:
    """Whether a required anti-affinity lets no two servers of the kind share a node."""
    settings = reader.settings
    known = {
        **_USER_LABELS,
        **texts(settings.get("common_labels")),
        **texts(settings.get("extra_labels")),
    }
    return any(
        text_at(term, "topologyKey") == _HOST
        and (selector := entry_at(term, "labelSelector")) is not None
        and all(holds(each, known) for each in _labels(selector))
        for term in _anti_affinity(settings.get("extra_pod_config"), reader)
    )


def _anti_affinity(pod: Node | None, reader: SettingsReader) -> tuple[Node, ...]:
    affinity = entry_at(pod, "affinity")
    if affinity is not None:
        return values_of(
            entry_at(affinity, "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
        )
    return values_of(reader.settings.get("pod_anti_affinity_required"))


def _labels(selector: Node) -> Iterator[Requirement]:
    for key, value in texts(entry_at(selector, "matchLabels")).items():
        yield Requirement(key, "In", (value,))
    yield from requirements(entry_at(selector, "matchExpressions"))
