"""Labels that Karpenter gives a machine, and whether they meet a NodePool's requirements. Pure.

Names and values as Karpenter 1.14.1 sets them (facts 2.5). A label that a machine does not
have is missing, not empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.releases.requirements import ZONE_ID_LABEL, ZONE_LABEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jupyterhub_eks.instances.model import InstanceType

ARCH: Final = "kubernetes.io/arch"
OS: Final = "kubernetes.io/os"
TYPE: Final = "node.kubernetes.io/instance-type"
_AWS: Final = "karpenter.k8s.aws/instance-"
# Decided for each node that is started, whatever the machine.
_FREE: Final = frozenset({"karpenter.sh/capacity-type", ZONE_LABEL, ZONE_ID_LABEL})


def machine_labels(machine: InstanceType) -> dict[str, str]:
    """Return the labels of a machine that depend on its type alone."""
    found: dict[str, Any] = {
        ARCH: machine.arch,
        OS: "linux",
        TYPE: machine.name,
        f"{_AWS}family": machine.family,
        f"{_AWS}size": machine.size,
        f"{_AWS}category": machine.category,
        f"{_AWS}generation": machine.generation or "",
        f"{_AWS}hypervisor": machine.hypervisor,
        f"{_AWS}cpu": machine.vcpu,
        f"{_AWS}cpu-manufacturer": machine.cpu_manufacturer,
        f"{_AWS}memory": machine.memory_mib,
        f"{_AWS}local-nvme": machine.nvme_gb or "",
        f"{_AWS}network-bandwidth": machine.network_mbps or "",
        f"{_AWS}ebs-bandwidth": machine.ebs_mbps or "",
    }
    if machine.gpu_name:
        found |= {
            f"{_AWS}gpu-name": machine.gpu_name,
            f"{_AWS}gpu-manufacturer": machine.gpu_manufacturer,
            f"{_AWS}gpu-count": machine.gpu_count,
            f"{_AWS}gpu-memory": machine.gpu_memory_mib,
        }
    if machine.accelerator_name:
        found |= {
            f"{_AWS}accelerator-name": machine.accelerator_name,
            f"{_AWS}accelerator-manufacturer": machine.accelerator_manufacturer,
            f"{_AWS}accelerator-count": machine.accelerator_count,
        }
    return {key: str(value) for key, value in found.items() if value != ""}


def unmet(
    requirements: Iterable[Mapping[str, Any]], labels: Mapping[str, str]
) -> Mapping[str, Any] | None:
    """Return the first requirement that a machine does not meet; None: it meets all."""
    return next((each for each in requirements if not _is_met(each, labels)), None)


def _is_met(requirement: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key = requirement["key"]
    if key in _FREE:
        return True
    return _OPERATORS[requirement["operator"]](labels.get(key), requirement.get("values") or [])


def _compares(test: Callable[[int, int], bool]) -> Callable[[str | None, list[str]], bool]:
    return lambda value, wanted: value is not None and test(int(value), int(wanted[0]))


_OPERATORS: Final[Mapping[str, Callable[[str | None, list[str]], bool]]] = {
    "In": lambda value, wanted: value in wanted,
    "NotIn": lambda value, wanted: value not in wanted,
    "Exists": lambda value, _: value is not None,
    "DoesNotExist": lambda value, _: value is None,
    "Gt": _compares(lambda value, wanted: value > wanted),
    "Lt": _compares(lambda value, wanted: value < wanted),
    "Gte": _compares(lambda value, wanted: value >= wanted),
    "Lte": _compares(lambda value, wanted: value <= wanted),
}
