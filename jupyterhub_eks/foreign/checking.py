"""Read profile lists that others wrote, and say of each server whether it can start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.config.document import ListNode, MapNode, problem_at
from jupyterhub_eks.config.reader import ReadError
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.foreign.documents import Documents, read_documents_of
from jupyterhub_eks.foreign.judging import findings
from jupyterhub_eks.foreign.listings import Listing, find_listings
from jupyterhub_eks.foreign.node_pools import faults, node_pools, overlays
from jupyterhub_eks.foreign.placing import Placer, Surroundings
from jupyterhub_eks.foreign.plugins import device_plugin
from jupyterhub_eks.foreign.rules import list_rules, rules
from jupyterhub_eks.foreign.shapes import profiles, shapes
from jupyterhub_eks.foreign.wishes import wish_of
from jupyterhub_eks.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from jupyterhub_eks.config.document import Node, Place
    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.foreign.placing import Verdict
    from jupyterhub_eks.foreign.shapes import Profile, Shape
    from jupyterhub_eks.foreign.wishes import Wish
    from jupyterhub_eks.instances.catalog import Catalog


@dataclass(frozen=True, kw_only=True)
class Foreign:
    """What is in files that others wrote.

    Attributes:
        listing: The profile list.
        documents: All documents of all files.
        problems: What was found while reading.
        tagged: Where values stand that are not what they seem.
    """

    listing: Listing
    documents: tuple[Node, ...]
    problems: tuple[Problem, ...] = ()
    tagged: frozenset[Place] = frozenset()


@dataclass(frozen=True, kw_only=True)
class CheckedShape:
    """A server with what is known of it.

    Attributes:
        shape: The server.
        wish: What it asks for.
        verdict: Whether it starts.
    """

    shape: Shape
    wish: Wish
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is to be said of a profile list.

    Attributes:
        listing: The list.
        pools: Node pools that were given beside it.
        shapes: Every server, in the order of the list.
        problems: What is wrong, in the order of the files.
    """

    listing: Listing
    pools: tuple[NodePool, ...]
    shapes: tuple[CheckedShape, ...]
    problems: tuple[Problem, ...]

    @property
    def has_errors(self) -> bool:
        """Whether any server cannot start, or is not what it says."""
        return any(each.severity == "error" for each in self.problems)


def read(files: Sequence[Path]) -> Foreign:
    """Return what is in files: one has the profile list, others may have node pools.

    Node pools (NodePool, EC2NodeClass, NodeOverlay, Provisioner) and the settings of the device
    plugin (values of its chart, or a ConfigMap) are found wherever they stand.

    Args:
        files: Files of YAML or JSON; ``-`` is the standard input.

    Raises:
        ConfigError: A file cannot be read, or no file or more than one has a profile list.
    """
    found: list[Documents] = []
    unreadable: list[Problem] = []
    for path in files:
        try:
            found.append(read_documents_of(path))
        except ReadError as error:
            unreadable.extend(error.problems)
    if unreadable:
        raise ConfigError(unreadable)
    return foreign(found, str(files[0]) if files else "")


def foreign(files: Iterable[Documents], name: str) -> Foreign:
    """Return what is in files that are read; ``name`` is the first one's.

    Raises:
        ConfigError: None or more than one has a profile list.
    """
    every = list(files)
    roots = tuple(root for each in every for root in each.roots)
    listings = [listing for root in roots for listing in find_listings(root)]
    problems = tuple(problem for each in every for problem in each.problems)
    if not listings:
        raise ConfigError([_no_list(roots, name)])
    if len(listings) > 1:
        first, second = (each.node.place for each in listings[:2])
        raise ConfigError(
            [
                problem_at(
                    second,
                    "",
                    f"a second profile list; the first stands in {first.file}, line {first.line}",
                    "give one list, and node pools beside it",
                )
            ]
        )
    tagged: frozenset[Place] = frozenset().union(*(each.tagged for each in every))
    return Foreign(listing=listings[0], documents=roots, problems=problems, tagged=tagged)


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
        *faults(source.documents),
        *rules(every, source.tagged),
    ]
    placer = Placer(known)
    checked = tuple(_checked(every, source, known, placer, problems))
    return Report(
        listing=source.listing,
        pools=known.pools,
        shapes=checked,
        problems=tuple(sorted(dict.fromkeys(problems), key=_order)),
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
            wish, found = wish_of(shape, source.tagged)
            verdict = placer.verdict(wish)
            problems += found
            problems += findings(shape, wish, verdict, known, placer)
            yield CheckedShape(shape=shape, wish=wish, verdict=verdict)


def _no_list(roots: Sequence[Node], name: str) -> Problem:
    root = roots[0] if roots else None
    empty = isinstance(root, (MapNode, ListNode)) or root is None
    what = "no profile list" if empty else "no profile list, but a single value"
    return Problem(
        path="",
        message=f"{what}: neither `singleuser.profileList` nor a list of profiles",
        hint="give the chart's values (e.g. of `helm get values`), or the list itself",
        file=name,
    )


def _order(problem: Problem) -> tuple[str, int, int]:
    return problem.file, problem.line, problem.column
