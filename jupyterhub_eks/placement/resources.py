"""Amounts of what a node has and a server takes. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, Literal

Resource = Literal["cpu_m", "memory", "disk", "gpu", "neuron", "pods"]
MIB: Final = 2**20
GIB: Final = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What there is, or what is asked for.

    Attributes:
        cpu_m: Millicores.
        memory: Bytes.
        disk: Bytes of ephemeral storage.
        gpu: ``nvidia.com/gpu``: GPUs, or slices of them where they are shared.
        neuron: ``aws.amazon.com/neuron``: devices.
        pods: Pods.
    """

    cpu_m: int = 0
    memory: int = 0
    disk: int = 0
    gpu: int = 0
    neuron: int = 0
    pods: int = 0

    def __add__(self, other: Amounts) -> Amounts:
        """Return both together."""
        return Amounts(**{name: self.of(name) + other.of(name) for name in RESOURCES})

    def __sub__(self, other: Amounts) -> Amounts:
        """Return what is left when the other is taken away; may be below 0."""
        return Amounts(**{name: self.of(name) - other.of(name) for name in RESOURCES})

    def of(self, resource: Resource) -> int:
        """Return the amount of one resource."""
        found: int = getattr(self, resource)
        return found

    def named(self) -> tuple[tuple[Resource, int], ...]:
        """Return the resources of which there is any, each with its amount."""
        return tuple((name, amount) for name in RESOURCES if (amount := getattr(self, name)))

    def short_of(self, wanted: Amounts) -> Resource | None:
        """Return the first resource of which there is less than wanted; None: it is enough."""
        for name, amount in wanted.named():
            if getattr(self, name) < amount:
                return name
        return None

    def lacking(self, wanted: Amounts) -> tuple[Resource, ...]:
        """Return every resource of which there is less than wanted."""
        return tuple(
            name for name in RESOURCES if wanted.of(name) and self.of(name) < wanted.of(name)
        )

    def times(self, wanted: Amounts) -> int:
        """Return how many times what is wanted fits; 0 if something is short."""
        counts = [max(self.of(name), 0) // amount for name, amount in wanted.named()]
        return min(counts, default=0)


RESOURCES: Final[tuple[Resource, ...]] = tuple(each.name for each in fields(Amounts))  # type: ignore[misc]
