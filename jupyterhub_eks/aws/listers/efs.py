"""EFS: file systems with their mount targets and access points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.aws.listers.paging import items
from jupyterhub_eks.aws.ownership import tag_map
from jupyterhub_eks.ports import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.aws.ownership import Owner
    from jupyterhub_eks.aws.session import Clients


def resources(clients: Clients, owner: Owner) -> Iterator[Resource]:
    """Yield file systems by tag, and what is attached to them."""
    client = clients.get("efs")
    for system in items(client, "describe_file_systems", "FileSystems"):
        if not owner.owns(tag_map(system.get("Tags"))):
            continue
        key = system["FileSystemId"]
        yield Resource("efs", "file-system", key)
        for target in items(client, "describe_mount_targets", "MountTargets", FileSystemId=key):
            yield Resource("efs", "mount-target", target["MountTargetId"])
        for point in items(client, "describe_access_points", "AccessPoints", FileSystemId=key):
            yield Resource("efs", "access-point", point["AccessPointId"])
