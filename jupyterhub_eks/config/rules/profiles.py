"""Rules for ``profiles`` of profiles.yaml, and how they fit pools and login."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyterhub_eks.config.characters import is_unseen
from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.common import HUB_ADMINS, INVITED
from jupyterhub_eks.config.rules.amounts import amount_rules
from jupyterhub_eks.config.rules.cognito import group_hint
from jupyterhub_eks.config.rules.devices import device_rules
from jupyterhub_eks.config.rules.environment import environment_rules
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.rules.hub_groups import hub_group_hint, known_groups, source_of
from jupyterhub_eks.config.rules.images import image_rules
from jupyterhub_eks.config.rules.overrides import override_rules
from jupyterhub_eks.config.rules.volumes import volume_rules
from jupyterhub_eks.config.variants import variants
from jupyterhub_eks.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jupyterhub_eks.config.auth import Auth
    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.config.profiles import ProfileConfig, ProfilesFile
    from jupyterhub_eks.config.variants import Variant


def profile_rules(profiles: ProfilesFile, settings: DeploymentFile) -> Iterator[Finding]:
    """Yield findings about the profiles, alone and together."""
    yield from _list(profiles)
    used: set[str] = set()
    for index, profile in enumerate(profiles.profiles):
        sizes = variants(profile)
        used.update(each.profile.pool for each in sizes)
        # What a profile says for all its sizes is found with each of them.
        yield from dict.fromkeys(_profile(("profiles", index), sizes, profiles, settings))
    for name in profiles.pools:
        if name not in used:
            yield Finding(
                path=("pools", name),
                message=f"no profile uses the pool `{name}`",
                hint="add a profile for it, or remove it",
                also=(("profiles",),),
                severity="warning",
            )


def _profile(
    path: Path, sizes: Sequence[Variant], profiles: ProfilesFile, settings: DeploymentFile
) -> Iterator[Finding]:
    profile = profiles.profiles[int(path[-1])]
    for variant in sizes:
        name = variant.profile.pool
        pool = profiles.pools.get(name)
        if pool is None and not profiles.pools:
            continue  # which is reported once
        if pool is None:
            yield Finding(
                path=(*path, *variant.path("pool")),
                message=f"there is no pool `{name}`",
                hint=did_you_mean(name, profiles.pools),
                also=(("pools", name),),
            )
        else:
            yield from device_rules(path, variant, pool)
    yield from amount_rules(path, profile.cpu, profile.memory)
    yield from _options(path, profile)
    yield from image_rules(path, sizes, profiles.pools)
    yield from environment_rules(path, profile.environment)
    yield from volume_rules(path, profile.volumes, settings.storage)
    yield from override_rules(path, profile)
    yield from _age(path, profile, settings.idle.max_age_hours)
    yield from _groups(path, profile, settings.auth)


def _age(path: Path, profile: ProfileConfig, most: int) -> Iterator[Finding]:
    age = profile.max_age_hours
    if age and most and age >= most:
        yield Finding(
            path=(*path, "max_age_hours"),
            message=f"`max_age_hours: {age}` has no effect: every server ends after {most} hours",
            hint=f"write less than {most}, or a larger `idle: {{max_age_hours}}` in jhub.yaml",
            also=(("idle",),),
            severity="warning",
        )


def _list(profiles: ProfilesFile) -> Iterator[Finding]:
    entries = profiles.profiles
    if not entries:
        yield Finding(
            path=("profiles",),
            message="there is no profile, so no server could be started",
            hint="add one, or remove `profiles` for the default one",
        )
        return
    defaults = [index for index, entry in enumerate(entries) if entry.default]
    if not defaults:
        yield Finding(
            path=("profiles",),
            message="no profile is the default",
            hint=f"add `default: true` to one, e.g. `{entries[0].name}`",
            also=(("profiles",),),
        )
    for index in defaults[1:]:
        yield Finding(
            path=("profiles", index, "default"),
            message=f"`{entries[index].name}` is a second default; "
            f"`{entries[defaults[0]].name}` is one already",
            hint="keep `default: true` on one profile",
        )
    for index, entry in enumerate(entries):
        if is_unseen(entry.name):
            yield Finding(
                path=("profiles", index, "name"),
                message="a profile without a name",
                hint='write e.g. `name: "Data science (CPU)"`',
            )
    for index in _repeated(entry.name for entry in entries):
        yield Finding(
            path=("profiles", index, "name"),
            message=f"the name `{entries[index].name}` is taken by another profile",
            hint="give each profile its own name; case and punctuation do not count",
        )


def _options(path: Path, profile: ProfileConfig) -> Iterator[Finding]:
    titles = list(profile.options)
    if not titles and "options" in profile.model_fields_set:
        yield Finding(
            path=(*path, "options"),
            message="`options` has no size to choose",
            hint="write e.g. `options: {Small: {cpu: 1}, Large: {cpu: 2}}`, or remove it",
            also=((*path, "options"),),
        )
    defaults = [title for title in titles if profile.options[title].default]
    for title in defaults[1:]:
        yield Finding(
            path=(*path, "options", title, "default"),
            message=f"`{title}` is a second default; `{defaults[0]}` is one already",
            hint="keep `default: true` on one size",
        )
    for index in _repeated(titles):
        yield Finding(
            path=(*path, "options", titles[index]),
            message=f"the title `{titles[index]}` is taken by another size",
            hint="give each size its own title; case and punctuation do not count",
            at_key=True,
        )
    for title, option in profile.options.items():
        where = (*path, "options", title)
        if is_unseen(title):
            yield Finding(
                path=where,
                message="a size without a title",
                hint="write e.g. `Small:` in front of it",
                at_key=True,
            )
        yield from amount_rules(where, option.cpu, option.memory)


def _repeated(titles: Iterable[str]) -> Iterator[int]:
    """Yield the index of each title that the hub could not tell from one before it."""
    seen: set[str] = set()
    for index, title in enumerate(titles):
        plain = re.sub(r"[^\w]+", "-", title.lower()).strip("-")
        if plain in seen:
            yield index
        seen.add(plain)


def _groups(path: Path, profile: ProfileConfig, auth: Auth) -> Iterator[Finding]:
    known = known_groups(auth)
    if known is None:
        return
    also: tuple[Path, ...] = (("auth", "type"), ("auth", "provider"), ("auth", "groups"))
    for index, group in enumerate(profile.groups):
        where = (*path, "groups", index)
        if isinstance(auth, CognitoAuth) and group not in known:
            yield Finding(
                path=where,
                message=f"the group `{group}` does not exist in the user pool",
                hint=f"{group_hint(group, known)} in jhub.yaml",
                also=also,
            )
        elif group not in known and group not in (INVITED, HUB_ADMINS):
            yield Finding(
                path=where,
                message=f"{source_of(auth)} knows no group `{group}`, so nobody sees "
                f"`{profile.name}` but administrators",
                hint=f"{hub_group_hint(group, known)} in jhub.yaml",
                also=also,
                # Where there are groups, it is one of them misspelt.
                severity="error" if known else "warning",
            )
