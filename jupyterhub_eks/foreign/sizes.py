"""The servers of an imported profile: one profile with sizes to choose, or several. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.foreign.shapes import Shape, apply
from jupyterhub_eks.foreign.titles import form_of, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.foreign.shapes import Choice, Profile

# More servers than this are not made of choices that change neither resources nor images alone.
MOST_FREE: Final = 12
_LONGEST: Final = 100  # characters of the description of a size


@dataclass(frozen=True)
class Server:
    """One imported server.

    Attributes:
        shape: What it was.
        sized: Keys that a size of ours can say in place of its profile: pool and amounts.
        common: All other keys of its profile, apart from the title.
    """

    shape: Shape
    sized: dict[str, Any]
    common: dict[str, Any]

    @property
    def is_default(self) -> bool:
        """Whether it is what starts of its profile when nobody chooses."""
        return all(choice.is_default for choice in self.shape.choices)


@dataclass(frozen=True)
class Written:
    """A profile of ours.

    Attributes:
        title: Its title, as it was.
        keys: All of it but its title.
        servers: The servers in it, by the title of their size; None: it has no sizes.
    """

    title: str
    keys: dict[str, Any]
    servers: dict[str | None, Server]


def together(servers: Sequence[Server]) -> tuple[Written, ...]:
    """Return profiles for the servers of one profile: one with sizes, where ours can say that."""
    titles = _titles(servers)
    common = servers[0].common
    if len(servers) == 1 or not titles or any(each.common != common for each in servers):
        return tuple(
            Written(each.shape.title, {**each.common, **each.sized}, {None: each})
            for each in servers
        )
    default = next((each for each in servers if each.is_default), servers[0])
    same = {
        key: value
        for key, value in default.sized.items()
        if key == "pool" or all(each.sized.get(key) == value for each in servers)
    }
    options = {
        title: {
            **({"description": text} if text else {}),
            **({"default": True} if each is default else {}),
            **{key: value for key, value in each.sized.items() if same.get(key) != value},
        }
        for (title, text), each in zip(titles, servers, strict=True)
    }
    return (
        Written(
            servers[0].shape.profile.title,
            {**common, **same, "options": options},
            dict(zip(options, servers, strict=True)),
        ),
    )


def with_free_choices(shape: Shape) -> tuple[Shape, ...]:
    """Return a server with each of those choices that change more of it than its image.

    The shape alone is returned where there are too many.
    """
    options = free_options(shape.profile)
    count = 1
    for choices in options:
        count *= len(choices)
    if not options or count > MOST_FREE:
        return (shape,)
    return tuple(_chosen(shape, chosen) for chosen in product(*options))


def free_options(profile: Profile) -> tuple[tuple[Choice, ...], ...]:
    """Return the options that change neither the place of a server nor its image alone."""
    return tuple(
        choices
        for choices in profile.options
        if not any(each.places for each in choices)
        and any(each.override.entries.keys() - {"image"} for each in choices)
    )


def _chosen(shape: Shape, chosen: Sequence[Choice]) -> Shape:
    settings = dict(shape.settings)
    for each in chosen:
        apply(settings, each.override)
    return Shape(profile=shape.profile, choices=(*shape.choices, *chosen), settings=settings)


def _titles(servers: Sequence[Server]) -> list[tuple[str, str]]:
    """Return a title and a description for each size; empty: they are not told apart."""
    whole = [plain_text(", ".join(e.title for e in server.shape.choices)) for server in servers]
    # Our own page writes the two of a size so.
    parts = [text.partition(": ") for text in whole]
    split = [(title.strip(), text.strip()) for title, _, text in parts]
    for found in (split, [(text, "") for text in whole]):
        forms = {form_of(title) for title, _ in found}
        if len(forms) == len(found) and all(forms) and _are_short(found):
            return found
    return []


def _are_short(titles: Sequence[tuple[str, str]]) -> bool:
    return all(len(text) <= _LONGEST for _, text in titles)


def defaults(written: Sequence[Written]) -> Iterator[bool]:
    """Yield of each profile made of one whether it is what starts when nobody chooses."""
    for each in written:
        yield None not in each.servers or each.servers[None].is_default
