"""GPUs and Neuron devices of a server in words, and with whom they are shared. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.releases.families import DEVICE_COUNTS
from jupyterhub_eks.releases.sharing import families_by_slices

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.instances.model import InstanceType

# Where Karpenter's name in capital letters is not what people call it.
_TITLES: Final = {
    "inferentia": "Inferentia",
    "inferentia2": "Inferentia2",
    "rtx-pro-4500": "RTX PRO 4500",
    "rtx-pro-server-6000": "RTX PRO 6000",
    "trainium": "Trainium",
    "trainium2": "Trainium2",
}
_PARTS: Final = {2: "Half", 3: "One third", 4: "One quarter", 5: "One fifth", 8: "One eighth"}
# Said with "an": their first letter is spoken with a vowel.
_VOWELS: Final = tuple("AEFHILMNORSX")


def gpu_text(pool: PoolConfig, count: int) -> str:
    """Return what a server of a pool has of GPUs, e.g. ``One quarter of an NVIDIA L4``.

    Args:
        pool: Its pool.
        count: GPUs, or parts of one, that it asks for.
    """
    models = _either(_models(pool))
    if pool.gpu.sharing != "none":
        parts = sorted(families_by_slices(pool))
        if len(parts) == 1:
            return f"{_part(parts[0])} of {_one(models)}"
        return f"A part of {_one(models)}"
    if fraction := _fraction(pool):
        return f"{_part(fraction)} of {_one(models)}"
    return f"{_count(count)} {models or 'GPU'}"


def neuron_text(pool: PoolConfig, count: int) -> str:
    """Return what a server of a pool has of Neuron devices, e.g. ``One AWS Trainium``."""
    names = (each.accelerator_name for each in _machines(pool))
    return f"{_count(count)} AWS {_either(_titles(names)) or 'Neuron device'}"


def sharing_text(pool: PoolConfig) -> str:
    """Return with whom a server shares its GPU or its machine; empty: nothing to know."""
    if pool.dedicated:
        return "The whole machine is yours alone."
    parts = sorted(families_by_slices(pool)) if pool.gpu.sharing != "none" else []
    users = f"{parts[0]} to {parts[-1]}" if len(parts) > 1 else str(parts[0] if parts else 1)
    match pool.gpu.sharing:
        case "time-slicing":
            return (
                f"Up to {users} users take turns on the GPU; its memory is not isolated, so one "
                "can use up what others need."
            )
        case "mps":
            return (
                f"Up to {users} users compute on the GPU at the same time, each with an equal "
                "part of its memory; a crash of one may end the others' work."
            )
        case "mig":
            return f"One of {users} partitions of the GPU: its memory and compute are yours alone."
    return ""


def _machines(pool: PoolConfig) -> Iterator[InstanceType]:
    """Yield the known machines that a pool names."""
    for name in pool.instances:
        if "." in name:
            found = catalog().find(name)
            yield from [found] if found else []
        else:
            yield from catalog().of_family(name)


def _models(pool: PoolConfig) -> list[str]:
    return [f"NVIDIA {each}" for each in _titles(each.gpu_name for each in _machines(pool))]


def _titles(names: Iterable[str]) -> list[str]:
    """Return the names that people know, each once, in their order."""
    found = dict.fromkeys(name for name in names if name)
    return [_TITLES.get(name, name.replace("-", " ").upper()) for name in found]


def _fraction(pool: PoolConfig) -> int:
    """Return into how many parts AWS divides the GPU of a pool's machines; 0: not, or various."""
    if not all(0 in DEVICE_COUNTS.get(name.partition(".")[0], ()) for name in pool.instances):
        return 0
    whole = {each.gpu_name: each.gpu_memory_mib for each in _whole_gpus()}
    parts = {
        round(whole[each.gpu_name] / each.gpu_memory_mib)
        for each in _machines(pool)
        if each.gpu_name in whole and (not pool.sizes or each.size in pool.sizes)
    }
    return parts.pop() if len(parts) == 1 else 0


def _whole_gpus() -> Iterator[InstanceType]:
    for family, counts in DEVICE_COUNTS.items():
        if 1 in counts:
            yield from (each for each in catalog().of_family(family) if each.gpu_count == 1)


def _count(devices: int) -> str:
    return "One" if devices == 1 else str(devices)


def _part(users: int) -> str:
    return _PARTS.get(users, f"1/{users}")


def _one(models: str) -> str:
    """Return models with their article."""
    if not models:
        return "a GPU"
    return f"{'an' if models.startswith(_VOWELS) else 'a'} {models}"


def _either(texts: list[str]) -> str:
    """Return texts joined by commas and ``or``; the maker stands once, before the first."""
    if not texts:
        return ""
    first, *others = texts
    short = [each.removeprefix("NVIDIA ") for each in others]
    return " or ".join(filter(None, [", ".join([first, *short[:-1]]), *short[-1:]]))
