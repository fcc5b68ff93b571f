"""Turn a profile list that others wrote into our ``profiles.yaml``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from jupyterhub_eks.config.document import dotted, problem_at
from jupyterhub_eks.config.profiles import ProfileConfig, ProfilesFile
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.foreign import left_keys
from jupyterhub_eks.foreign.checking import check
from jupyterhub_eks.foreign.left_values import lost_values
from jupyterhub_eks.foreign.losses import Losses
from jupyterhub_eks.foreign.servers import ServerImport
from jupyterhub_eks.foreign.settling import settled
from jupyterhub_eks.foreign.sizes import defaults, together
from jupyterhub_eks.foreign.titles import form_of, free_title, renamed
from jupyterhub_eks.foreign.writing import profiles_yaml

if TYPE_CHECKING:
    from jupyterhub_eks.foreign.outcomes import CheckedProfile
    from jupyterhub_eks.foreign.reading import Foreign
    from jupyterhub_eks.foreign.sizes import Written
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Imported:
    """An imported list.

    Attributes:
        profiles: Pools and profiles.
        text: The same as the text of a ``profiles.yaml``, with what is not as it was as comments.
        losses: What could not be carried, or was chosen here; with its place.
    """

    profiles: ProfilesFile
    text: str
    losses: tuple[Problem, ...]


def import_list(source: Foreign, catalog: Catalog, region: str = "") -> Imported:
    """Return our ``profiles.yaml`` for a list; the same list gives the same text.

    Choices that change resources become sizes of their profile where all else is the same, else
    profiles of their own. Pools come of the node pools that are given beside the list, of machines
    that a selector names, or are chosen. A server whose amounts cannot be told is left out.

    Args:
        source: What was read.
        catalog: What is known of EC2's machines.
        region: Where servers are to start; empty: any region.

    Raises:
        ConfigError: Nothing of the list can be carried; with the reasons.
    """
    made = _Import(source, catalog, region)
    made.run()
    if not made.profiles:
        raise _nothing(source, made.losses)
    written = ProfilesFile.model_validate(
        {"pools": made.servers.pools.configs, "profiles": tuple(made.profiles)}
    )
    profiles, refused = settled(written, catalog, region)
    for (name, size), why in refused.items():
        made.leave_out(name, size, why)
    made.losses.add(made.servers.pools.losses)
    made.losses.add(made.servers.pools.remarks(profiles.pools))
    made.losses.add(left_keys.unlimited(source.listing, profiles.pools))
    if not profiles.profiles:
        raise _nothing(source, made.losses)
    return Imported(
        profiles=profiles,
        text=profiles_yaml(profiles, {e.name: made.changes(e) for e in profiles.profiles}),
        losses=tuple(
            sorted(dict.fromkeys(made.losses.problems), key=lambda e: (e.file, e.line, e.column))
        ),
    )


class _Import:
    """Collects profiles and losses."""

    def __init__(self, source: Foreign, catalog: Catalog, region: str) -> None:
        self.source, self.catalog, self.region = source, catalog, region
        self.losses = Losses()
        self.servers = ServerImport(source, catalog, region, self.losses)
        self.profiles: list[ProfileConfig] = []
        self._written: dict[str, Written] = {}
        self._taken: set[str] = set()
        self._has_default = False

    def run(self) -> None:
        report = check(self.source, self.catalog, self.region)
        self.losses.add(left_keys.left_of_base(self.source.listing))
        self.losses.add(lost_values(self.source))
        for each in report.profiles:
            left_keys.left_of_profile(each.profile, self.losses)
            self._carry(each)

    def leave_out(self, name: str, size: str | None, why: str) -> None:
        """Note that a profile, or one of its sizes, is refused."""
        servers = self._written[name].servers
        known = {size: servers[size]} if size in servers else servers
        for each in known.values():
            self.losses.of_server(each.shape, f"is left out: {why}", "change what it asks for")

    def changes(self, profile: ProfileConfig) -> tuple[str, ...]:
        """Return what is not as it was of a profile and its sizes."""
        found: dict[str, None] = {}
        for size, server in self._written[profile.name].servers.items():
            for each in self.losses.changes(server.shape) if _has(profile, size) else ():
                found[f"{size}: {each}" if size else each] = None
        return tuple(found)

    def _carry(self, checked: CheckedProfile) -> None:
        servers = list(self.servers.of(checked))
        written = together(servers) if servers else ()
        for each, is_default in zip(written, defaults(written), strict=True):
            title = free_title(each.title, self._taken)
            profile = self._config(each, title)
            if profile is None:
                continue
            shape = next(iter(each.servers.values())).shape
            if lost := renamed(each.title, title):
                self.losses.of_server(shape, lost)
            if checked.profile.is_default and is_default and not self._has_default:
                self._has_default = True
                profile = profile.model_copy(update={"default": True})
            self._taken.add(form_of(title))
            self._written[title] = each
            self.profiles.append(profile)

    def _config(self, written: Written, title: str) -> ProfileConfig | None:
        keys: dict[str, Any] = {"name": title, **written.keys}
        try:
            return ProfileConfig.model_validate(keys)
        except ValidationError as error:
            first = error.errors()[0]
            key = dotted(tuple(first["loc"]))
            for each in written.servers.values():
                self.losses.of_server(
                    each.shape, f"is left out, `{key}` cannot be written: {first['msg']}"
                )
        return None


def _has(profile: ProfileConfig, size: str | None) -> bool:
    return size is None or size in profile.options


def _nothing(source: Foreign, losses: Losses) -> ConfigError:
    listing = source.listing
    first = problem_at(
        listing.node.place,
        dotted(listing.path),
        "no profile of the list can be carried over",
        "give a list with at least one that a machine holds",
    )
    every = sorted(dict.fromkeys(losses.problems), key=lambda e: (e.file, e.line, e.column))
    return ConfigError([first, *(replace(each, severity="error") for each in every)])
