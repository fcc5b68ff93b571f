"""One server of a foreign list as one of our profiles, and what of it has no place there. Pure."""

from __future__ import annotations

import html
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.document import MapNode, Scalar, dotted, problem_at
from jupyterhub_eks.config.quantities import written_cores, written_memory
from jupyterhub_eks.foreign import extended
from jupyterhub_eks.foreign.documents import entry_at, is_open, items_at, text_at
from jupyterhub_eks.foreign.pod_rules import is_image
from jupyterhub_eks.foreign.shapes import is_true
from jupyterhub_eks.releases.z2jh.profiles import SPOT_NOTE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyterhub_eks.config.document import Node, Place
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.foreign.listings import Listing
    from jupyterhub_eks.foreign.shapes import Choice, Profile, Shape
    from jupyterhub_eks.foreign.wishes import Wish
    from jupyterhub_eks.instances.model import InstanceType
    from jupyterhub_eks.problems import Problem

_TAGS: Final = re.compile(r"<[^<>]{1,200}>")
_LONGEST_NAME: Final = 100
_MOST_CORES: Final = 1024
# What a profile of ours says in another way, or what its pool brings with it.
_CARRIED: Final = frozenset(
    {
        "cpu_guarantee", "cpu_limit", "mem_guarantee", "mem_limit", "extra_resource_guarantees",
        "extra_resource_limits", "image", "node_selector", "tolerations", "node_affinity_required",
    }
)  # fmt: skip
# Keys of a profile itself that ours has, or that are said of one by one.
_KEYS: Final = frozenset(
    {
        "display_name", "description", "default", "slug", "kubespawner_override",
        "profile_options", "allowed_groups", "allowed_teams",
    }
)  # fmt: skip


def name_of(shape: Shape, taken: Sequence[str] | set[str]) -> str:
    """Return a title that no other profile has; case and punctuation do not count."""
    title = " ".join(plain_text(shape.title).split())[:_LONGEST_NAME] or "Profile"
    found, number = title, 1
    while _form(found) in taken:
        number += 1
        end = f" {number}"
        found = title[: _LONGEST_NAME - len(end)] + end
    return found


def renamed(shape: Shape, name: str) -> str:
    """Return that a server has another title than it had; empty: it has not."""
    title = " ".join(plain_text(shape.title).split())
    if name == title:
        return ""
    why = "its title is too long" if len(title) > _LONGEST_NAME else "another has that name"
    return f"is named `{name}` here, as {why}; neither case nor punctuation tells two apart"


def in_words(wish: Wish) -> str:
    """Return what a server asks for, as it is written here."""
    amounts = wish.amounts
    found = [f"{_cores(amounts.cpu_m):g} cores"] if amounts.cpu_m else []
    found += [f"{written_memory(amounts.memory)} of memory"] if amounts.memory else []
    found += [f"{amounts.gpu} of `{extended.GPU}`"] if amounts.gpu else []
    found += [f"{amounts.neuron} of `{extended.NEURON}`"] if amounts.neuron else []
    found += [f"{count} of `{name}`" for name, count in wish.others]
    return ", ".join(found) or "no amount"


def form_of(name: str) -> str:
    """Return what counts of a title."""
    return _form(name)


def plain_text(text: str) -> str:
    """Return text without marks of HTML; our pages show text as it is."""
    return html.unescape(_TAGS.sub("", text)).strip()


def sections(wish: Wish, machines: Sequence[InstanceType]) -> dict[str, Any]:
    """Return ``cpu`` and ``memory`` of a profile.

    A server without a limit may take all of its machine, so that is the limit which is written.

    Args:
        wish: What the server asks for.
        machines: Machines of its pool that hold it.
    """
    limits = dict(wish.limits)
    found: dict[str, Any] = {}
    cores = wish.amounts.cpu_m
    if cores or limits.get(extended.CPU):
        most = min(max((each.vcpu for each in machines), default=0), _MOST_CORES) * 1000
        limit = max(limits.get(extended.CPU, most), cores)
        found["cpu"] = {"guarantee": _cores(cores or limit), "limit": _cores(limit)}
    memory = wish.amounts.memory
    if memory:
        most = max((each.memory_mib for each in machines), default=0) * 2**20
        limit = max(limits.get(extended.MEMORY, most), memory)
        found["memory"] = {"guarantee": written_memory(memory), "limit": written_memory(limit)}
    return found


def images(shape: Shape, tagged: frozenset[Place]) -> tuple[dict[str, str], list[Problem]]:
    """Return the images of a server by title, and those that cannot be carried.

    Args:
        shape: The server.
        tagged: Where values stand that are not what they seem.
    """
    given: list[tuple[str, Node, bool]] = []
    own = shape.settings.get("image")
    choices = [each for each in _image_choices(shape.profile) if "image" in each.override.entries]
    if choices:
        ordered = sorted(choices, key=lambda each: not each.is_default)
        given = [(e.title, e.override.entries["image"].value, True) for e in ordered]
    elif own is not None:
        given = [("Image", own, False)]
    found: dict[str, str] = {}
    losses = []
    for title, node, _ in given:
        text = node.text if isinstance(node, Scalar) else ""
        if is_open(node, tagged) or not is_image(node):
            losses.append(
                _lost(
                    shape.profile,
                    node.place,
                    f"the image `{text}` is no reference, so it is left out",
                    "write one under `images` of the profile",
                )
            )
            continue
        if not _has_tag(text):
            text = f"{text}:latest"
            losses.append(
                _lost(
                    shape.profile,
                    node.place,
                    f"the image `{text.removesuffix(':latest')}` has no tag, so it is `latest`",
                    "write a fixed tag",
                )
            )
        found[plain_text(title) or text] = text
    return found, losses


def groups(profile: Profile) -> tuple[str, ...]:
    """Return the groups that may see a profile."""
    return tuple(
        each.text
        for each in items_at(profile.node, "allowed_groups")
        if isinstance(each, Scalar) and each.text
    )


def description(profile: Profile) -> str:
    """Return what users read below the title, without what we say of spot machines anyway."""
    text = " ".join(plain_text(text_at(profile.node, "description")).split())
    return text.removesuffix(SPOT_NOTE).rstrip()


def losses_of_profile(profile: Profile) -> Iterator[Problem]:
    """Yield what of a profile has no place in ours, apart from its machines and images."""
    overrides = [profile.override, *(e.override for each in profile.options for e in each)]
    for override in overrides:
        for key, entry in override.entries.items():
            if key not in _CARRIED:
                yield _lost(profile, entry.key_place, f"the setting `{key}` is not carried")
    for key, entry in profile.node.entries.items():
        if key not in _KEYS:
            yield _lost(
                profile, entry.key_place, f"the key `{key}` is not carried; it has no effect there"
            )
    if _TAGS.search(text_at(profile.node, "description") + profile.title):
        yield _lost(profile, profile.place, "marks of HTML are left out; text is shown as it is")
    options = entry_at(profile.node, "profile_options")
    for name, option in options.entries.items() if isinstance(options, MapNode) else ():
        if is_true(entry_at(option.value, "unlisted_choice", "enabled")):
            yield _lost(
                profile,
                option.key_place,
                f"users cannot enter a value of their own for `{name}`",
                "list what they may choose",
            )
    teams = entry_at(profile.node, "allowed_teams")
    if teams is not None:
        yield _lost(profile, teams.place, "`allowed_teams` is not carried", "write `groups`")


def losses_of_base(listing: Listing) -> Iterator[Problem]:
    """Yield the settings of all servers that have no place in a profile."""
    for key, node in listing.base.items():
        if key not in _CARRIED and node.place.line and _says_something(node):
            yield problem_at(
                node.place,
                key,
                f"the setting `{key}` of all servers is not carried",
                "write it under `hub_values` in jhub.yaml",
                "warning",
            )


def _says_something(node: Node) -> bool:
    return node.value is not None if isinstance(node, Scalar) else node.size > 1


def unlimited(listing: Listing, pools: Mapping[str, PoolConfig]) -> Iterator[Problem]:
    """Yield that some pools may grow without end; once for all of them."""
    names = [f"`{name}`" for name, pool in pools.items() if not pool.max]
    if not names:
        return
    which = (
        f"no pool has an upper limit ({', '.join(names)})"
        if len(names) == len(pools)
        else f"without an upper limit: {', '.join(names)}"
    )
    yield problem_at(
        listing.node.place,
        dotted(listing.path),
        which,
        "write `max` in each; `jhub cost` shows why",
        "warning",
    )


def chosen_limits(wish: Wish, machines: Sequence[InstanceType]) -> Iterator[str]:
    """Yield that limits were written which a server does not have; arguments as above."""
    limits, found = dict(wish.limits), sections(wish, machines)
    written, missing = [], []
    if "cpu" in found and extended.CPU not in limits:
        missing.append("cores")
        written.append(f"`cpu.limit: {found['cpu']['limit']:g}`")
    if "memory" in found and extended.MEMORY not in limits:
        missing.append("memory")
        written.append(f"`memory.limit: {found['memory']['limit']}`")
    if written:
        yield (
            f"has no limit of {' or '.join(missing)}, so {' and '.join(written)} "
            f"{'are' if len(written) > 1 else 'is'} written: the most of a machine of its pool"
        )


def _image_choices(profile: Profile) -> Iterator[Choice]:
    for choices in profile.options:
        if not any(each.places for each in choices):
            yield from choices


def _cores(millicores: int) -> float:
    return float(written_cores(Fraction(millicores, 1000)))


def _has_tag(image: str) -> bool:
    return "@" in image or ":" in image.rpartition("/")[2]


def _form(name: str) -> str:
    return re.sub(r"[^\w]+", "-", name.lower()).strip("-")


def _lost(profile: Profile, place: Place, message: str, hint: str = "") -> Problem:
    where = place if place.line else profile.place
    return problem_at(where, dotted(profile.path), f"`{profile.title}`: {message}", hint, "warning")
