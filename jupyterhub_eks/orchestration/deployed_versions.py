"""Which versions are deployed, by Terraform's states."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.orchestration.carrying import (
    CARRIER_TYPE,
    RELEASE_TYPE,
    UNREACHABLE,
    content_in_state,
)
from jupyterhub_eks.orchestration.deployed import fetch_state
from jupyterhub_eks.orchestration.files import backend_of, read_document
from jupyterhub_eks.orchestration.record import read_record
from jupyterhub_eks.orchestration.record_store import stacks_by_state
from jupyterhub_eks.upgrades.model import Found, NodeGroup
from jupyterhub_eks.upgrades.numbers import is_older

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jupyterhub_eks.orchestration.statefile import StateResource
    from jupyterhub_eks.workspace import Workspace

# How Karpenter's node classes name a release of a machine image.
_IMAGE: Final = re.compile(r"\b(al2023|bottlerocket)@(v[\d.]+)")


def deployed_versions(workspace: Workspace, pull: Callable[[str], str] | None) -> Found:
    """Return the versions in the states of the deployed stacks.

    Args:
        workspace: Where the deployment keeps its files.
        pull: Fetches the state of a stack from a shared backend, as JSON text.

    Raises:
        StateError: The record or a state cannot be read.
    """
    resources = [
        resource
        for stack in sorted(_stacks(workspace))
        for resource in fetch_state(workspace, stack, pull).resources
    ]
    return versions_of(resources)


def _stacks(workspace: Workspace) -> Iterable[str]:
    """Return the stacks that may be deployed; where none is on record, all with a shared state."""
    record = read_record(workspace.record)
    if record is not None and record.deployed:
        return record.deployed
    remote = (
        path.name
        for path in (workspace.terraform / "stacks").glob("*/")
        if backend_of(read_document(path))[0] != "local"
    )
    return {*stacks_by_state(workspace), *remote}


def versions_of(resources: Iterable[StateResource]) -> Found:
    """Return the versions in resources of Terraform states."""
    listed = tuple(resources)
    cluster = next((each.attributes for each in listed if each.type == "aws_eks_cluster"), {})
    releases = list(_releases(listed))
    return Found(
        kubernetes=str(cluster.get("version") or ""),
        is_extended=_support_type(cluster) == "EXTENDED",
        addons={
            each.attributes["addon_name"]: str(each.attributes.get("addon_version") or "")
            for each in listed
            if each.type == "aws_eks_addon"
        },
        node_groups=tuple(
            _node_group(each.attributes) for each in listed if each.type == "aws_eks_node_group"
        ),
        charts={chart: version for chart, version, _ in releases if version},
        images=_oldest_images(values for _, _, values in releases),
    )


def _support_type(cluster: Mapping[str, Any]) -> str:
    policies = cluster.get("upgrade_policy") or [{}]
    return str(policies[0].get("support_type", ""))


def _node_group(attributes: Mapping[str, Any]) -> NodeGroup:
    templates = attributes.get("launch_template") or [{}]
    return NodeGroup(
        name=str(attributes.get("node_group_name") or ""),
        version=str(attributes.get("version") or ""),
        release=str(attributes.get("release_version") or ""),
        template=str(templates[0].get("version") or ""),
    )


def _releases(resources: Iterable[StateResource]) -> Iterator[tuple[str, str, str]]:
    """Yield chart, version and values of each Helm release, however it was applied."""
    for each in resources:
        if each.type == RELEASE_TYPE:
            texts = each.attributes.get("values") or []
            chart, version = str(each.attributes["chart"]), str(each.attributes["version"])
            yield chart, version, "\n".join(texts)
        elif each.type == CARRIER_TYPE:
            content = content_in_state(each.attributes)
            if content.chart and content.digest != UNREACHABLE:
                yield content.chart, content.version, "\n".join(content.values)


def _oldest_images(texts: Iterable[str]) -> dict[str, str]:
    oldest: dict[str, str] = {}
    for text in texts:
        for family, release in _IMAGE.findall(text):
            if family not in oldest or is_older(release, oldest[family]):
                oldest[family] = release
    return oldest
