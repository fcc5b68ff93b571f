"""Instance types as lines of a file.

A line has name, architecture, maker of the CPU, vCPUs, memory (MiB), pods, network and EBS
(Mbit/s, ``-`` where not stated), then what not every type has::

    inf2.xlarge amd64 amd 4 16384 58 2083 10000 accelerator=aws:inferentia2:1 neuron=1:2
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from jupyterhub_eks.instances.model import Arch, InstanceType
from jupyterhub_eks.instances.names import NAME, type_key
from jupyterhub_eks.instances.tables import Table, TableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterhub_eks.instances.model import Source

_ARCHES: Final = ("amd64", "arm64")
_FIXED: Final = 8
_NOT_STATED: Final = "-"
# What a word behind the fixed ones sets, by its key.
_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "hypervisor": ("hypervisor",),
    "nvme": ("nvme_gb",),
    "efa": ("efa",),
    "gpu": ("gpu_manufacturer", "gpu_name", "gpu_count", "gpu_memory_mib"),
    "accelerator": ("accelerator_manufacturer", "accelerator_name", "accelerator_count"),
    "neuron": ("neuron_devices", "neuron_cores"),
}
_TEXTS: Final = frozenset(
    {
        "hypervisor",
        "gpu_manufacturer",
        "gpu_name",
        "accelerator_manufacturer",
        "accelerator_name",
    }
)


def types_table(types: Iterable[InstanceType], source: Source) -> Table:
    """Return a file of types, sorted by family and size."""
    ordered = sorted(types, key=lambda each: type_key(each.name))
    return Table(kind="types", source=source, lines=[_line(each) for each in ordered])


def read_types(table: Table) -> dict[str, InstanceType]:
    """Return the types of a file by name.

    Raises:
        TableError: A line is damaged.
    """
    found = {each.name: each for each in (_parse(line, table.source) for line in table.lines)}
    if bad := [name for name in found if not NAME.fullmatch(name)]:
        raise TableError(f"`{bad[0][:80]}` is no name of an instance type")
    return found


def _line(each: InstanceType) -> str:
    words = [
        each.name,
        each.arch,
        each.cpu_manufacturer,
        str(each.vcpu),
        str(each.memory_mib),
        str(each.pods),
        *(
            _NOT_STATED if mbps is None else str(mbps)
            for mbps in (each.network_mbps, each.ebs_mbps)
        ),
    ]
    for key, fields in _FIELDS.items():
        values = [getattr(each, name) for name in fields]
        usual = _usual_hypervisor(each.name) if key == "hypervisor" else 0
        if any(value and value != usual for value in values):
            words.append(f"{key}={':'.join(str(value) for value in values)}")
    return " ".join(words)


def _usual_hypervisor(name: str) -> str:
    return "" if ".metal" in name else "nitro"


def _parse(line: str, source: Source) -> InstanceType:
    words = line.split(" ")
    try:
        name, arch, cpu, vcpu, memory, pods, network, ebs = words[:_FIXED]
        if arch not in _ARCHES:
            raise TableError(f"`{line[:80]}` is no instance type")
        more = _more(words[_FIXED:])
        return InstanceType(
            name=name,
            arch=cast("Arch", arch),
            cpu_manufacturer=cpu,
            vcpu=int(vcpu),
            memory_mib=int(memory),
            pods=int(pods),
            network_mbps=None if network == _NOT_STATED else int(network),
            ebs_mbps=None if ebs == _NOT_STATED else int(ebs),
            hypervisor=more.pop("hypervisor", _usual_hypervisor(name)),
            source=source,
            **more,
        )
    except (KeyError, ValueError) as error:
        raise TableError(f"`{line[:80]}` is no instance type") from error


def _more(words: list[str]) -> dict[str, Any]:
    more: dict[str, Any] = {}
    for word in words:
        key, _, text = word.partition("=")
        for field, value in zip(_FIELDS[key], text.split(":"), strict=True):
            more[field] = value if field in _TEXTS else int(value)
    return more
