"""Whether a server bears a taint, as Kubernetes decides it. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Toleration:
    """A taint that a server bears; an empty key bears all, an empty effect any."""

    key: str
    operator: str
    value: str
    effect: str

    def bears(self, key: str, value: str, effect: str) -> bool:
        """Whether a taint is borne."""
        if self.effect and self.effect != effect:
            return False
        if self.operator == "Exists":
            return not self.key or self.key == key
        return self.key == key and self.value == value
