"""How a device plugin of NVIDIA shares GPUs: from its chart's values or a ConfigMap. Pure.

Without either, each GPU is one ``nvidia.com/gpu``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.document import MapNode, Node, Scalar
from jupyterhub_eks.config.reader import ReadError
from jupyterhub_eks.foreign import extended
from jupyterhub_eks.foreign.documents import documents, entry_at, items_at, text_at, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# A node with this label takes the configuration that it names.
CONFIG_LABEL: Final = "nvidia.com/device-plugin.config"
# Without the label: `default` if there is one, else the only one (`fallbackStrategies`).
_DEFAULT: Final = "default"


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """One configuration.

    Attributes:
        replicas: How many ``nvidia.com/gpu`` each GPU becomes.
        renamed: Whether they are called ``nvidia.com/gpu.shared``.
        refuses_more: Whether a server that asks for more than one fails.
        mig: ``none``, ``single`` or ``mixed``.
    """

    replicas: int = 1
    renamed: bool = False
    refuses_more: bool = False
    mig: str = "none"


@dataclass(frozen=True, kw_only=True)
class DevicePlugin:
    """The plugin of a cluster.

    Attributes:
        configs: Its configurations by name.
        default: The one of nodes without a label; empty: none.
        selector: Labels of the nodes that it runs on.
    """

    configs: Mapping[str, Sharing] = field(default_factory=dict)
    default: str = ""
    selector: Mapping[str, str] = field(default_factory=dict)

    def sharing(self, labels: Mapping[str, str]) -> Sharing:
        """Return how GPUs of nodes with some labels are shared."""
        return self.configs.get(labels.get(CONFIG_LABEL, self.default), Sharing())

    def runs_on(self, labels: Mapping[str, str]) -> bool:
        """Whether it runs on nodes with some labels; without it they offer no GPU."""
        return all(labels.get(key) == value for key, value in self.selector.items())


def device_plugin(found: Iterable[Node]) -> DevicePlugin | None:
    """Return the device plugin that documents configure; None: none of them does."""
    for document in found:
        named = dict(_configs(document))
        selector = texts(entry_at(_values(document), "nodeSelector"))
        if named:
            chosen = text_at(_values(document), "config", "default")
            only = next(iter(named)) if len(named) == 1 else ""
            default = chosen or (_DEFAULT if _DEFAULT in named else only)
            return DevicePlugin(configs=named, default=default, selector=selector)
    return None


def _values(document: Node) -> Node:
    """Return the values of the plugin's chart, also inside those of NVIDIA's GPU operator."""
    return entry_at(document, "devicePlugin") or document


def _configs(document: Node) -> Iterator[tuple[str, Sharing]]:
    is_map = text_at(document, "kind") == "ConfigMap"
    held = entry_at(document, "data") if is_map else entry_at(_values(document), "config", "map")
    if not isinstance(held, MapNode):
        return
    for name, entry in held.entries.items():
        config = _parsed(entry.value)
        if config is not None and (entry_at(config, "sharing") or entry_at(config, "flags")):
            yield name, _sharing(config)


def _parsed(node: Node) -> Node | None:
    if not isinstance(node, Scalar):
        return node
    try:
        roots = documents(node.text, node.place.file).roots
    except ReadError:
        return None
    return roots[0] if roots else None


def _sharing(config: Node) -> Sharing:
    way = entry_at(config, "sharing", "timeSlicing") or entry_at(config, "sharing", "mps")
    replicas = [
        int(text_at(each, "replicas"))
        for each in items_at(way, "resources")
        if text_at(each, "name") == extended.GPU and text_at(each, "replicas").isdecimal()
    ]
    return Sharing(
        replicas=max(replicas, default=1),
        renamed=text_at(way, "renameByDefault") == "true",
        refuses_more=text_at(way, "failRequestsGreaterThanOne") == "true",
        mig=text_at(config, "flags", "migStrategy") or "none",
    )
