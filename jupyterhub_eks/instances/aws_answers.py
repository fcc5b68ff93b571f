"""Answers of the AWS API as facts of the catalog, by the rules of Karpenter 1.14.1."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, cast

from jupyterhub_eks.instances.model import Arch, InstanceType
from jupyterhub_eks.instances.names import ZONE_ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.instances.model import Currency, Source

_ARCHES: Final = {"x86_64": "amd64", "arm64": "arm64"}


def instance_type(answer: Mapping[str, Any], source: Source) -> InstanceType | None:
    """Return an item of ``DescribeInstanceTypes``; None: no node can be of this type.

    That is a Mac, or a machine of 32 bit only.
    """
    arch = next(
        (
            _ARCHES[each]
            for each in answer["ProcessorInfo"]["SupportedArchitectures"]
            if each in _ARCHES
        ),
        None,
    )
    if arch is None:
        return None
    storage = answer.get("InstanceStorageInfo", {})
    has_nvme = storage.get("NvmeSupport", "unsupported") != "unsupported"
    return InstanceType(
        name=answer["InstanceType"],
        arch=cast("Arch", arch),
        cpu_manufacturer=_label(answer["ProcessorInfo"].get("Manufacturer", "unknown")),
        vcpu=answer["VCpuInfo"]["DefaultVCpus"],
        memory_mib=answer["MemoryInfo"]["SizeInMiB"],
        pods=_pods(answer["NetworkInfo"]),
        hypervisor=answer.get("Hypervisor", ""),
        network_mbps=_baseline_mbps(answer["NetworkInfo"]),
        ebs_mbps=_ebs_mbps(answer.get("EbsInfo", {})),
        nvme_gb=storage.get("TotalSizeInGB", 0) if has_nvme else 0,
        efa=answer["NetworkInfo"].get("EfaInfo", {}).get("MaximumEfaInterfaces", 0),
        **_gpu(answer.get("GpuInfo", {}).get("Gpus", [])),
        **_accelerator(answer),
        **_neuron(answer),
        source=source,
    )


def zones_by_type(answers: Iterator[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return the zones of each type, of items of ``DescribeInstanceTypeOfferings`` by zone id.

    Local and wavelength zones are left out: a hub's network has none of them.
    """
    found: dict[str, list[str]] = {}
    for answer in answers:
        if ZONE_ID.fullmatch(answer["Location"]):
            found.setdefault(answer["InstanceType"], []).append(answer["Location"])
    return {name: tuple(zones) for name, zones in found.items()}


def price(document: str, currency: Currency) -> tuple[str, Decimal] | None:
    """Return type and price per hour of an item of ``GetProducts``; None: it has none.

    Of several prices it is the highest.
    """
    item = json.loads(document)
    name = item.get("product", {}).get("attributes", {}).get("instanceType")
    amounts = [
        amount
        for term in item.get("terms", {}).get("OnDemand", {}).values()
        for dimension in term.get("priceDimensions", {}).values()
        if (amount := _amount(dimension.get("pricePerUnit", {}).get(currency, "0"))) > 0
    ]
    return (name, max(amounts)) if name and amounts else None


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)


def _label(text: str) -> str:
    """Return a name as Karpenter writes it in labels."""
    return text.lower().replace(" ", "-")


def _pods(network: Mapping[str, Any]) -> int:
    # Amazon's network plugin uses the default card only.
    default = network.get("DefaultNetworkCardIndex", 0)
    card = next(
        each for each in network["NetworkCards"] if each.get("NetworkCardIndex", 0) == default
    )
    addresses = network["Ipv4AddressesPerInterface"]
    return int(card["MaximumNetworkInterfaces"] * (addresses - 1) + 2)


def _baseline_mbps(network: Mapping[str, Any]) -> int | None:
    cards = [each.get("BaselineBandwidthInGbps") for each in network["NetworkCards"]]
    known = [Decimal(str(each)) for each in cards if each]
    return int(sum(known) * 1000) if known else None


def _ebs_mbps(ebs: Mapping[str, Any]) -> int | None:
    if ebs.get("EbsOptimizedSupport") != "default":
        return None
    found: int | None = ebs.get("EbsOptimizedInfo", {}).get("MaximumBandwidthInMbps")
    return found


def _gpu(gpus: list[Mapping[str, Any]]) -> dict[str, Any]:
    if not gpus:
        return {}
    first = gpus[0]
    return {
        "gpu_manufacturer": _label(first["Manufacturer"]),
        "gpu_name": _label(first["Name"]),
        "gpu_count": sum(each.get("Count", 0) for each in gpus),
        "gpu_memory_mib": first.get("MemoryInfo", {}).get("SizeInMiB", 0),
    }


def _neuron(answer: Mapping[str, Any]) -> dict[str, Any]:
    devices = answer.get("NeuronInfo", {}).get("NeuronDevices", [])
    if not devices:
        return {}
    return {
        "neuron_devices": sum(each["Count"] for each in devices),
        "neuron_cores": sum(each["Count"] * each["CoreInfo"]["Count"] for each in devices),
    }


def _accelerator(answer: Mapping[str, Any]) -> dict[str, Any]:
    found = answer.get("InferenceAcceleratorInfo", {}).get("Accelerators", [])
    if not found:
        devices = answer.get("NeuronInfo", {}).get("NeuronDevices", [])
        found = [{"Manufacturer": "AWS", **each} for each in devices]
    if not found:
        return {}
    return {
        "accelerator_manufacturer": _label(found[0]["Manufacturer"]),
        "accelerator_name": _label(found[0]["Name"]),
        "accelerator_count": sum(each["Count"] for each in found),
    }
