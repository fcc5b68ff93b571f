"""The servers that a profile list offers: each profile with each of its choices. Pure.

Settings are laid over each other as KubeSpawner 7.0.0 does it (``_load_profile``): the hub's, the
profile's, then those of its choices, in the order of the options.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config import spawner
from jupyterhub_eks.config.document import (
    EMPTY,
    Entry,
    KeyPath,
    MapNode,
    Node,
    Place,
    Scalar,
    map_node,
)
from jupyterhub_eks.config.spawner import MAPPINGS
from jupyterhub_eks.foreign.documents import entry_at, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyterhub_eks.foreign.listings import Listing

# Of a profile with more combinations, each choice is judged with the defaults of the others.
MOST_COMBINATIONS: Final = 500
# On these depends where a server can start, with all its containers.
PLACING: Final = spawner.PLACING | {
    "extra_containers",
    "init_containers",
    "scheduler_name",
    "pod_anti_affinity_required",
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One choice of an option.

    Attributes:
        option: Key of the option.
        key: Key of the choice.
        title: Name that users see.
        override: What it changes.
        is_default: Whether it is taken where a user takes none.
    """

    option: str
    key: str
    title: str
    override: MapNode
    is_default: bool = False

    @property
    def places(self) -> bool:
        """Whether it changes where a server can start."""
        return not PLACING.isdisjoint(self.override.entries)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A profile of a list.

    Attributes:
        path: Where it stands in the file, as keys.
        node: What is written.
        title: ``display_name``.
        override: ``kubespawner_override``.
        options: The choices of each option that has any.
        is_default: Whether ``default`` is true.
    """

    path: KeyPath
    node: MapNode
    title: str
    override: MapNode
    options: tuple[tuple[Choice, ...], ...] = ()
    is_default: bool = False

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.node.place


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A server that users can start.

    Attributes:
        profile: Its profile.
        choices: Those on which it depends where it can start.
        settings: KubeSpawner's settings for it.
    """

    profile: Profile
    choices: tuple[Choice, ...] = ()
    settings: Mapping[str, Node] = field(default_factory=dict, repr=False)

    @property
    def title(self) -> str:
        """The profile's title, with the choices."""
        chosen = ", ".join(each.title for each in self.choices)
        return f"{self.profile.title} ({chosen})" if chosen else self.profile.title


def profiles(listing: Listing) -> Iterator[Profile]:
    """Yield the profiles of a list that are mappings."""
    for path, node in listing.entries:
        if isinstance(node, MapNode):
            yield Profile(
                path=path,
                node=node,
                title=text_at(node, "display_name") or str(path[-1]),
                override=_mapping(entry_at(node, "kubespawner_override")),
                options=tuple(_options(node)),
                is_default=is_true(entry_at(node, "default")),
            )


def combinations(profile: Profile) -> int:
    """Return how many ways there are to choose, as far as they change where a server starts."""
    count = 1
    for choices in _placing(profile):
        count *= len(choices)
    return count


def shapes(profile: Profile, base: Mapping[str, Node]) -> Iterator[Shape]:
    """Yield the servers of a profile.

    Args:
        profile: The profile.
        base: The hub's own settings.
    """
    settings = dict(base)
    apply(settings, profile.override)
    placing = _placing(profile)
    everything = combinations(profile) <= MOST_COMBINATIONS
    for chosen in product(*placing) if everything else _one_by_one(placing):
        own = dict(settings)
        for choice in chosen:
            apply(own, choice.override)
        yield Shape(profile=profile, choices=tuple(chosen), settings=own)


def apply(settings: dict[str, Node], override: MapNode) -> None:
    """Lay an override over settings, in place: mappings are merged, all else is replaced."""
    for key, entry in override.entries.items():
        new, old = entry.value, settings.get(key)
        if isinstance(new, MapNode) and (isinstance(old, MapNode) or key in MAPPINGS):
            settings[key] = merged(old if isinstance(old, MapNode) else EMPTY, new)
        else:
            settings[key] = new


def merged(target: MapNode, new: MapNode) -> MapNode:
    """Return a mapping with another one laid over it; null takes a key away."""
    entries = dict(target.entries)
    for key, entry in new.entries.items():
        value = entry.value
        if isinstance(value, MapNode):
            old = entries.get(key)
            below = old.value if old and isinstance(old.value, MapNode) else EMPTY
            entries[key] = Entry(entry.key_place, merged(below, value))
        elif isinstance(value, Scalar) and value.value is None:
            entries.pop(key, None)
        else:
            entries[key] = entry
    return map_node(entries, new.place)


def is_true(node: Node | None) -> bool:
    """Whether a value is one that Python takes for true."""
    return isinstance(node, Scalar) and bool(node.value)


def _placing(profile: Profile) -> list[tuple[Choice, ...]]:
    return [choices for choices in profile.options if any(each.places for each in choices)]


def _one_by_one(options: Sequence[tuple[Choice, ...]]) -> Iterator[tuple[Choice, ...]]:
    defaults = tuple(next((e for e in each if e.is_default), each[0]) for each in options)
    yield defaults
    for index, choices in enumerate(options):
        for choice in choices:
            if choice is not defaults[index]:
                yield (*defaults[:index], choice, *defaults[index + 1 :])


def _options(profile: MapNode) -> Iterator[tuple[Choice, ...]]:
    options = entry_at(profile, "profile_options")
    if not isinstance(options, MapNode):
        return
    for name, option in options.entries.items():
        choices = entry_at(option.value, "choices")
        if isinstance(choices, MapNode) and choices.entries:
            yield tuple(_choices(name, choices))


def _choices(option: str, choices: MapNode) -> Iterator[Choice]:
    defaults = [key for key, e in choices.entries.items() if is_true(entry_at(e.value, "default"))]
    default = defaults[0] if defaults else next(iter(choices.entries))
    for key, entry in choices.entries.items():
        yield Choice(
            option=option,
            key=key,
            title=text_at(entry.value, "display_name") or key,
            override=_mapping(entry_at(entry.value, "kubespawner_override")),
            is_default=key == default,
        )


def _mapping(node: Node | None) -> MapNode:
    return node if isinstance(node, MapNode) else EMPTY
