"""What is wrong with a profile list as such, before anything starts. Pure.

As KubeSpawner 7.0.0 takes it: ``_get_initialized_profile_list``, ``_validate_user_options``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.document import ListNode, MapNode, Node, Scalar, dotted, problem_at
from jupyterhub_eks.config.spawner import SETTINGS
from jupyterhub_eks.foreign.documents import entry_at, is_open, text_at
from jupyterhub_eks.foreign.pod_rules import fault_of_image
from jupyterhub_eks.foreign.shapes import MOST_COMBINATIONS, PLACING, combinations, is_true
from jupyterhub_eks.suggest import closest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.config.document import Place
    from jupyterhub_eks.foreign.listings import Listing
    from jupyterhub_eks.foreign.shapes import Profile
    from jupyterhub_eks.problems import Problem

_PROFILE_KEYS: Final = frozenset(
    {
        "display_name", "description", "slug", "default", "kubespawner_override",
        "profile_options", "allowed_groups", "allowed_teams", "jhub",
    }
)  # fmt: skip


def list_rules(listing: Listing, tagged: frozenset[Place]) -> Iterator[Problem]:
    """Yield what is wrong with a list, apart from its profiles."""
    path = dotted(listing.path)
    for code in listing.code:
        yield problem_at(
            code.place,
            "hub.extraConfig",
            "Python code of the hub works on `profile_list`; what it changes is not seen here",
            "give the list that the running hub has",
            "warning",
        )
    if is_open(listing.node, tagged) or isinstance(listing.node, Scalar):
        yield problem_at(
            listing.node.place,
            path,
            "the list is only known when the hub runs",
            "give the list that comes of it",
            "warning" if is_open(listing.node, tagged) else "error",
        )
    for each_path, node in listing.entries:
        if not isinstance(node, MapNode):
            yield problem_at(
                node.place,
                dotted(each_path),
                "a profile is a mapping",
                "write e.g. `- display_name: Data science`",
            )


def rules(every: Sequence[Profile], tagged: frozenset[Place]) -> Iterator[Problem]:
    """Yield what is wrong with the profiles of a list, each alone and together."""
    yield from _defaults(every)
    yield from _slugs(every)
    for profile in every:
        yield from _keys(profile, tagged)
        yield from _options(profile, tagged)
        if combinations(profile) > MOST_COMBINATIONS:
            yield problem_at(
                profile.place,
                dotted(profile.path),
                f"`{profile.title}` can be chosen in {combinations(profile)} ways; each choice is "
                "judged with the defaults of the others",
                severity="warning",
            )


def slug(profile: Profile) -> str:
    """Return what KubeSpawner knows a profile by."""
    return text_at(profile.node, "slug") or re.sub(r"\W+|_", "-", profile.title.lower()).strip("-")


def _defaults(every: Sequence[Profile]) -> Iterator[Problem]:
    defaults = [each for each in every if each.is_default]
    for each in defaults[1:]:
        yield problem_at(
            each.place,
            f"{dotted(each.path)}.default",
            f"`{each.title}` is a second default; KubeSpawner takes `{defaults[0].title}`",
            "keep `default: true` on one profile",
            "warning",
        )


def _slugs(every: Sequence[Profile]) -> Iterator[Problem]:
    first: dict[str, Profile] = {}
    for each in every:
        other = first.setdefault(slug(each), each)
        if other is not each:
            yield problem_at(
                each.place,
                dotted(each.path),
                f"`{each.title}` has the slug `{slug(each)}`, as `{other.title}` in line "
                f"{other.place.line} has: whoever chooses it gets that one",
                "give it a `slug` of its own",
            )


def _keys(profile: Profile, tagged: frozenset[Place]) -> Iterator[Problem]:
    path = dotted(profile.path)
    if not text_at(profile.node, "display_name"):
        yield problem_at(
            profile.place,
            f"{path}.display_name",
            "a profile without `display_name`",
            "add what users are to read",
        )
    for key, entry in profile.node.entries.items():
        if key not in _PROFILE_KEYS:
            meant = closest(key, _PROFILE_KEYS)
            where = "; it belongs under `kubespawner_override`" if key in SETTINGS else ""
            yield problem_at(
                entry.key_place,
                f"{path}.{key}",
                f"KubeSpawner does not look at `{key}`{where}",
                f"did you mean `{meant}`?" if meant and not where else "",
                "warning",
            )
    yield from _override(entry_at(profile.node, "kubespawner_override"), path, tagged)


def _override(node: Node | None, path: str, tagged: frozenset[Place]) -> Iterator[Problem]:
    if node is None:
        return
    if not isinstance(node, MapNode):
        if not (isinstance(node, Scalar) and node.value is None) or is_open(node, tagged):
            yield problem_at(
                node.place,
                f"{path}.kubespawner_override",
                "`kubespawner_override` is no mapping of settings",
                "write e.g. `kubespawner_override: {mem_limit: 8G}`",
            )
        return
    for key, entry in node.entries.items():
        if key not in SETTINGS:
            meant = closest(key, SETTINGS)
            yield problem_at(
                entry.key_place,
                f"{path}.kubespawner_override.{key}",
                f"KubeSpawner has no setting `{key}`, so it changes nothing",
                f"did you mean `{meant}`?" if meant else "",
                "warning",
            )


def _options(profile: Profile, tagged: frozenset[Place]) -> Iterator[Problem]:
    options = entry_at(profile.node, "profile_options")
    if options is None:
        return
    path = f"{dotted(profile.path)}.profile_options"
    if not isinstance(options, MapNode):
        yield problem_at(
            options.place,
            path,
            "`profile_options` is no mapping",
            "write e.g. `profile_options: {image: {choices: {…}}}`",
        )
        return
    for name, option in options.entries.items():
        yield from _option(f"{path}.{name}", name, option.value, tagged)


def _option(path: str, name: str, option: Node, tagged: frozenset[Place]) -> Iterator[Problem]:
    choices = entry_at(option, "choices")
    unlisted = entry_at(option, "unlisted_choice")
    is_free = is_true(entry_at(unlisted, "enabled"))
    if isinstance(choices, ListNode):
        yield problem_at(
            choices.place,
            f"{path}.choices",
            "`choices` is a list, not a mapping",
            "give each choice a key: `choices: {small: {display_name: Small}}`",
        )
    elif not isinstance(choices, MapNode) or not choices.entries:
        if not is_free:
            yield problem_at(
                option.place,
                path,
                f"the option `{name}` has no choices",
                "add `choices`, or remove the option",
            )
        else:
            yield problem_at(
                option.place,
                path,
                f"the option `{name}` has no choices besides what a user enters: a start without "
                "an entry fails",
                "add `choices` with a default",
                "warning",
            )
    else:
        for key, choice in choices.entries.items():
            override = entry_at(choice.value, "kubespawner_override")
            yield from _override(override, f"{path}.choices.{key}", tagged)
            image = entry_at(override, "image")
            if image is not None and (fault := fault_of_image(image, tagged)):
                yield problem_at(image.place, f"{path}.choices.{key}.image", *fault)
    entered = entry_at(unlisted, "kubespawner_override")
    if is_free and isinstance(entered, MapNode) and not PLACING.isdisjoint(entered.entries):
        yield problem_at(
            entered.place,
            f"{path}.unlisted_choice",
            f"where a server starts depends on what a user enters for `{name}`; nothing is "
            "concluded for such servers",
            severity="warning",
        )
