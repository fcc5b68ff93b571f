"""What a user can start of a profile: the profile itself, or each of its sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.profiles import ProfileConfig

# What a size may say in place of its profile.
_OVERRIDES: Final = ("cpu", "memory", "gpu", "neuron", "pool")


@dataclass(frozen=True)
class Variant:
    """A profile as one of its sizes has it.

    Attributes:
        option: Title of the size; None where the profile has none.
        profile: The profile with the amounts and the pool of the size.
        is_default: Whether it is what starts when nobody chooses a size.
        own: Keys that the size says itself.
    """

    option: str | None
    profile: ProfileConfig
    is_default: bool = True
    own: frozenset[str] = frozenset()

    def path(self, key: str) -> tuple[str, ...]:
        """Return where in the profile a key of it is written."""
        if self.option is not None and key in self.own:
            return ("options", self.option, key)
        return (key,)

    def place_of(self, key: str, *more: str) -> tuple[str, ...]:
        """Return where an amount is written, e.g. ``("cpu", "guarantee")``; the whole if it is not.

        Args:
            key: Key of the amount; empty: none.
            more: Keys below it.
        """
        return (*self.path(key), *more) if key and getattr(self.profile, key) else self.place

    @property
    def place(self) -> tuple[str, ...]:
        """Where in the profile it is written as a whole."""
        return ("name",) if self.option is None else ("options", self.option)


def variants(profile: ProfileConfig) -> tuple[Variant, ...]:
    """Return the sizes of a profile in their order, or the profile alone."""
    if not profile.options:
        return (Variant(None, profile),)
    chosen = default_option(profile)
    found = []
    for title, option in profile.options.items():
        own = {key: value for key in _OVERRIDES if (value := getattr(option, key)) is not None}
        changed = profile.model_copy(update=own) if own else profile
        found.append(Variant(title, changed, title == chosen, frozenset(own)))
    return tuple(found)


def places(profile: ProfileConfig) -> Iterator[tuple[str, int]]:
    """Yield pool and most accelerators of each size: quick, as no profile is made of it."""
    for option in profile.options.values():
        gpu = profile.gpu if option.gpu is None else option.gpu
        neuron = profile.neuron if option.neuron is None else option.neuron
        yield option.pool or profile.pool, max(gpu, neuron)
    if not profile.options:
        yield profile.pool, max(profile.gpu, profile.neuron)


def default_option(profile: ProfileConfig) -> str | None:
    """Return the title of the preselected size; None where there are none."""
    options = profile.options
    return next(
        (title for title, each in options.items() if each.default), next(iter(options), None)
    )
