"""Rules for settings of KubeSpawner that ``hub_values`` give to every server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.rules.overrides import amount_findings, device_findings
from jupyterhub_eks.config.settings.containers import container_faults, resource_faults
from jupyterhub_eks.config.settings.metadata import annotation_faults, label_faults
from jupyterhub_eks.config.settings.values import setting_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.config.settings.fault import Fault

_SECTIONS: Final = ("Spawner", "KubeSpawner")
_CONTAINERS: Final = ("initContainers", "extraContainers")
_LABELS: Final = ("extraLabels", "nodeSelector")
_TOOLS: Final = ("networkTools", "resources")


def hub_spawner_rules(settings: DeploymentFile) -> Iterator[Finding]:
    """Yield findings about what every server is given; the chart's schema knows only its shape."""
    values = settings.hub_values
    for section in _SECTIONS:
        where: Path = ("hub_values", "hub", "config", section)
        given = _at(values, ("hub", "config", section))
        yield from amount_findings(where, given)
        yield from device_findings(where, given)
        for name, value in given.items():
            yield from _placed((*where, name), setting_faults(name, value))
    single = _at(values, ("singleuser",))
    above: Path = ("hub_values", "singleuser")
    for name in _CONTAINERS:
        if single.get(name) is not None:
            yield from _placed((*above, name), container_faults(name, single[name]))
    for name in _LABELS:
        if isinstance(each := single.get(name), dict):
            yield from _placed((*above, name), label_faults(name, each))
    if isinstance(each := single.get("extraAnnotations"), dict):
        yield from _placed(
            (*above, "extraAnnotations"), annotation_faults("extraAnnotations", each)
        )
    if tools := _at(single, _TOOLS):
        yield from _placed((*above, *_TOOLS), resource_faults(tools))


def _placed(where: Path, faults: Iterable[Fault]) -> Iterator[Finding]:
    for fault in faults:
        yield Finding(
            path=(*where, *fault.keys),
            message=fault.message,
            hint=fault.hint,
            at_key=fault.at_key,
        )


def _at(values: Any, keys: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the mapping under keys; empty where there is none."""
    for key in keys:
        values = values.get(key) if isinstance(values, dict) else None
    return values if isinstance(values, dict) else {}
