"""What becomes of servers and profiles, all findings taken together. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from jupyterhub_eks.config.document import dotted
from jupyterhub_eks.foreign import extended
from jupyterhub_eks.foreign.sharing import pool_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jupyterhub_eks.foreign.shapes import Profile, Shape
    from jupyterhub_eks.foreign.verdicts import Surroundings, Verdict
    from jupyterhub_eks.foreign.wishes import Wish
    from jupyterhub_eks.problems import Problem

# `differs`: it starts, but not always, or as something else than it says. `some`: of the choices
# of a profile some never start. `open`: too little is known.
Outcome = Literal["starts", "differs", "some", "never", "open"]

_BOUNDARY = re.compile(r"[.\[]")


@dataclass(frozen=True, kw_only=True)
class CheckedShape:
    """A server with what is known of it.

    Attributes:
        shape: The server.
        wish: What it asks for.
        verdict: Whether and where Karpenter and Kubernetes would place it.
        outcome: What becomes of it, by all findings.
    """

    shape: Shape
    wish: Wish
    verdict: Verdict
    outcome: Outcome


@dataclass(frozen=True, kw_only=True)
class CheckedProfile:
    """A profile with its servers and everything that is to be said of it.

    Attributes:
        profile: The profile.
        shapes: Its servers, one for each combination of choices that matters.
        problems: What is to be said, errors first.
    """

    profile: Profile
    shapes: tuple[CheckedShape, ...]
    problems: tuple[Problem, ...]

    @property
    def outcome(self) -> Outcome:
        """What becomes of it: the worst of its servers, or of the profile as such."""
        found = Counter(each.outcome for each in self.shapes)
        if found["never"]:
            return "never" if found["never"] == len(self.shapes) else "some"
        if found["differs"] or any(each.severity == "error" for each in self.problems):
            return "differs"
        return "open" if found["open"] else "starts"


def outcome_of(
    wish: Wish, faults: Iterable[Problem], verdict: Verdict, known: Surroundings
) -> Outcome:
    """Return what becomes of a server.

    Args:
        wish: What it asks for.
        faults: What is wrong with its settings; an error means that the spawner or Kubernetes
            refuses it.
        verdict: Whether it finds a node.
        known: What is known of the cluster.
    """
    if verdict.status == "never" or any(each.severity == "error" for each in faults):
        return "never"
    found = list(pool_faults(wish, verdict, known))
    if found:
        fatal = {each.pool for each in found if each.is_fatal}
        return "never" if fatal == {*verdict.pools} else "differs"
    return "open" if verdict.status == "open" else "starts"


def why_open(wish: Wish, known: Surroundings) -> str:
    """Return why a server could not be judged."""
    unknown = [name for name, _ in wish.others if not extended.is_known(name)]
    if wish.unknown:
        return wish.unknown
    if wish.is_open:
        return "some of it is only known when the hub runs"
    if unknown:
        return f"nothing is known of the resource `{unknown[0]}`"
    if not known.pools:
        return "it names no machine, and no node pools are given"
    return "too little is known"


def by_profile(
    shapes: Sequence[CheckedShape], every: Sequence[Profile], problems: Sequence[Problem]
) -> tuple[tuple[CheckedProfile, ...], tuple[Problem, ...]]:
    """Return profiles with what belongs to each, and the problems that belong to none.

    Args:
        shapes: All servers.
        every: All profiles.
        problems: All problems, in the order of the files.
    """
    owners = {dotted(each.path): index for index, each in enumerate(every)}
    said: list[list[Problem]] = [[] for _ in every]
    others: list[Problem] = []
    for problem in problems:
        index = _owner(problem, owners)
        (others if index is None else said[index]).append(problem)
    places: list[list[CheckedShape]] = [[] for _ in every]
    for shape in shapes:
        places[owners[dotted(shape.shape.profile.path)]].append(shape)
    checked = tuple(
        CheckedProfile(
            profile=profile,
            shapes=tuple(own),
            problems=tuple(sorted(about, key=lambda each: each.severity != "error")),
        )
        for profile, own, about in zip(every, places, said, strict=True)
    )
    return checked, tuple(others)


def _owner(problem: Problem, owners: Mapping[str, int]) -> int | None:
    """Return the profile at whose path, or below it, a problem stands."""
    path = problem.path
    for boundary in (*(each.start() for each in _BOUNDARY.finditer(path)), len(path)):
        if (index := owners.get(path[:boundary])) is not None:
            return index
    return None
