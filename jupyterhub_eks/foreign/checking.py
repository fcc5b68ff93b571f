"""Say of each server of a profile list that others wrote whether it can start. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.foreign.judging import findings
from jupyterhub_eks.foreign.node_pools import faults as pool_faults
from jupyterhub_eks.foreign.node_pools import node_pools, overlays
from jupyterhub_eks.foreign.outcomes import CheckedShape, by_profile, outcome_of
from jupyterhub_eks.foreign.placing import Placer
from jupyterhub_eks.foreign.plugins import device_plugin
from jupyterhub_eks.foreign.rules import list_rules, rules
from jupyterhub_eks.foreign.shapes import profiles, shapes
from jupyterhub_eks.foreign.verdicts import Surroundings
from jupyterhub_eks.foreign.wishes import wish_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.foreign.listings import Listing
    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.foreign.outcomes import CheckedProfile
    from jupyterhub_eks.foreign.reading import Foreign
    from jupyterhub_eks.foreign.shapes import Profile
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is to be said of a profile list.

    Attributes:
        listing: The list.
        known: What it was held against.
        profiles: Every profile with its servers and what is to be said of it.
        problems: What is wrong, in the order of the files.
        others: Those of them that are about no profile.
    """

    listing: Listing
    known: Surroundings
    profiles: tuple[CheckedProfile, ...]
    problems: tuple[Problem, ...]
    others: tuple[Problem, ...]

    @property
    def pools(self) -> tuple[NodePool, ...]:
        """Node pools that were given beside the list."""
        return self.known.pools

    @property
    def shapes(self) -> tuple[CheckedShape, ...]:
        """Every server, in the order of the list."""
        return tuple(shape for each in self.profiles for shape in each.shapes)

    @property
    def has_errors(self) -> bool:
        """Whether any server cannot start, or is not what it says."""
        return any(each.severity == "error" for each in self.problems)


def check(source: Foreign, catalog: Catalog, region: str = "") -> Report:
    """Return what is to be said of a profile list.

    Args:
        source: What was read.
        catalog: What is known of EC2's machines.
        region: Where its servers are to start; empty: any region.
    """
    known = Surroundings(
        catalog=catalog,
        pools=tuple(node_pools(source.documents)),
        plugin=device_plugin(source.documents),
        overlays=tuple(overlays(source.documents)),
        region=region,
    )
    every = tuple(profiles(source.listing))
    problems = [
        *source.problems,
        *list_rules(source.listing, source.tagged),
        *pool_faults(source.documents),
        *rules(every, source.tagged),
    ]
    placer = Placer(known)
    servers = tuple(_checked(every, source, known, placer, problems))
    ordered = tuple(sorted(dict.fromkeys(problems), key=_order))
    checked, others = by_profile(servers, every, ordered)
    return Report(
        listing=source.listing, known=known, profiles=checked, problems=ordered, others=others
    )


def _checked(
    every: Sequence[Profile],
    source: Foreign,
    known: Surroundings,
    placer: Placer,
    problems: list[Problem],
) -> Iterator[CheckedShape]:
    for profile in every:
        for shape in shapes(profile, source.listing.base):
            wish, faults = wish_of(shape, source.tagged)
            verdict = placer.verdict(wish)
            problems += faults
            problems += findings(shape, wish, verdict, known, placer)
            outcome = outcome_of(wish, faults, verdict, known)
            yield CheckedShape(shape=shape, wish=wish, verdict=verdict, outcome=outcome)


def _order(problem: Problem) -> tuple[str, int, int]:
    return problem.file, problem.line, problem.column
