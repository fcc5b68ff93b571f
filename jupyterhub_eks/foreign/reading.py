"""Find the profile list, and node pools beside it, in files that others wrote."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.config.document import ListNode, MapNode, problem_at
from jupyterhub_eks.config.profiles import ProfileConfig, ProfilesFile
from jupyterhub_eks.config.reader import ReadError
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.foreign.documents import Documents, items_at, read_documents_of, text_at
from jupyterhub_eks.foreign.listings import Listing, find_listings
from jupyterhub_eks.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from jupyterhub_eks.config.document import Node, Place

_WHERE: Final = "the files"
# What a profile of ours has, and none of KubeSpawner's.
_OF_OURS: Final = frozenset(ProfileConfig.model_fields) - {"default", "description"}
_MOST_NAMED: Final = 4


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


def read(files: Sequence[Path]) -> tuple[Foreign, ...]:
    """Return each profile list in files; others of them may have node pools, which count for all.

    Node pools (NodePool, EC2NodeClass, NodeOverlay, Provisioner) and the settings of the device
    plugin (values of its chart, or a ConfigMap) are found wherever they stand.

    Args:
        files: Files of YAML or JSON; ``-`` is the standard input. One that is named twice is
            read once.

    Raises:
        ConfigError: A file cannot be read, or is one of our own, or none has a profile list.
    """
    found: list[Documents] = []
    unreadable: list[Problem] = []
    names = list(dict.fromkeys(files))
    for path in names:
        try:
            found.append(read_documents_of(path))
        except ReadError as error:
            unreadable.extend(error.problems)
    if unreadable:
        raise ConfigError(unreadable, _WHERE)
    return foreign(found, ", ".join(map(str, names)))


def only(lists: Sequence[Foreign]) -> Foreign:
    """Return the one profile list.

    Raises:
        ConfigError: There are several.
    """
    if len(lists) == 1:
        return lists[0]
    first, second = (each.listing.node.place for each in lists[:2])
    raise ConfigError(
        [
            problem_at(
                second,
                "",
                f"a second profile list; the first stands in {first.file}, line {first.line}",
                _one_alone(import_of_one(lists)),
            )
        ],
        _WHERE,
    )


def import_of_one(lists: Sequence[Foreign]) -> str:
    """Return the command that imports the first list that stands alone in its files.

    It names every file that counts for the list; empty where none is without another list.
    """
    homes = [each.listing.node.place.file for each in lists]
    for home, each in zip(homes, lists, strict=True):
        names = dict.fromkeys([home, *(root.place.file for root in each.documents)])
        if sum(other in names for other in homes) == 1:
            return shlex.join(["jhub", "profiles", "import", *names])
    return ""


def _one_alone(command: str) -> str:
    if command:
        return f"take one of them, e.g. `{command}`"
    return "put one into a file of its own, and give node pools beside it"


def foreign(files: Iterable[Documents], name: str) -> tuple[Foreign, ...]:
    """Return each profile list in files that are read; ``name`` is theirs.

    Raises:
        ConfigError: One is our own, or none has a profile list.
    """
    every = list(files)
    roots = tuple(root for each in every for whole in each.roots for root in _objects(whole))
    problems = tuple(problem for each in every for problem in each.problems)
    if own := [problem for root in roots if (problem := _own(root))]:
        raise ConfigError(own, _WHERE)
    found = [(tuple(find_listings(root)), root) for root in roots]
    if not any(listings for listings, _ in found):
        raise ConfigError([_no_list(roots, name)], _WHERE)
    tagged: frozenset[Place] = frozenset().union(*(each.tagged for each in every))
    return tuple(
        Foreign(
            listing=listing,
            # Not what stands beside another list: its settings are those of another hub.
            documents=tuple(each for others, each in found if each is root or not others),
            problems=problems,
            tagged=tagged,
        )
        for listings, root in found
        for listing in listings
    )


def _objects(root: Node) -> tuple[Node, ...]:
    """Return what is in a list of objects as `kubectl get` prints it; else the document."""
    if text_at(root, "kind").endswith("List") and text_at(root, "apiVersion"):
        return items_at(root, "items")
    return (root,)


def _own(root: Node) -> Problem | None:
    """Return the problem if a document is a profiles.yaml of ours."""
    if not isinstance(root, MapNode) or not root.entries:
        return None
    keys = root.entries.keys()
    place = root.place
    if keys <= ProfilesFile.model_fields.keys() and any(
        isinstance(each, MapNode) and not _OF_OURS.isdisjoint(each.entries)
        for each in items_at(root, "profiles")
    ):
        return problem_at(
            place,
            "",
            "this is a profiles.yaml of jhub, not a list for KubeSpawner",
            f"check it with `jhub validate --profiles {place.file}`",
        )
    return None


def _no_list(roots: Sequence[Node], name: str) -> Problem:
    what = "no profile list" if roots else "no profile list (empty, or comments only)"
    single = [each for each in roots if not isinstance(each, (MapNode, ListNode))]
    if roots and len(single) == len(roots):
        what = "no profile list, but a single value"
    kinds = dict.fromkeys(_kind(root) for root in roots)
    known = [each for each in kinds if each][:_MOST_NAMED]
    there = f" (there is {', '.join(known)})" if known else ""
    for root in roots:
        if isinstance(root, MapNode) and root.entries.keys() <= DeploymentFile.model_fields.keys():
            what = "this is a jhub.yaml, and it has no profile list under `hub_values`"
            file = root.place.file
            return problem_at(root.place, "", what, f"check it with `jhub validate -f {file}`")
    return Problem(
        path="",
        message=f"{what}{there}: neither `singleuser.profileList` nor a list of profiles",
        hint="give the chart's values (e.g. of `helm get values`), or the list itself",
        file=name,
    )


def _kind(root: Node) -> str:
    if not isinstance(root, MapNode):
        return ""
    return text_at(root, "kind") or next((f"`{key[:40]}`" for key in root.entries), "")
