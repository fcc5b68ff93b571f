"""EFS and AWS Backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.aws.matching import asked, listed, only, require_finished

if TYPE_CHECKING:
    from jupyterhub_eks.aws.matching import Search


def file_system(search: Search) -> str | None:
    """Return the file system that was made with the token; there is one at most."""
    known = search.known("creation_token")
    if not known:
        return None
    call = search.clients.get("efs").describe_file_systems
    for system in asked(call, CreationToken=known[0]).get("FileSystems", []):
        if search.owns(system.get("Tags")):
            require_finished(system["FileSystemId"], system.get("LifeCycleState", ""))
            return str(system["FileSystemId"])
    return None


def access_point(search: Search) -> str | None:
    """Return the only access point of the file system with the name."""
    known = search.known("file_system_id")
    if not known:
        return None
    client = search.clients.get("efs")
    found = listed(client, "describe_access_points", "AccessPoints", FileSystemId=known[0])
    return only(each["AccessPointId"] for each in found if search.owns(each.get("Tags")))


def mount_target(search: Search) -> str | None:
    """Return the file system's mount target in the subnet; it has no tags of its own."""
    known = search.known("file_system_id", "subnet_id")
    if not known:
        return None
    client = search.clients.get("efs")
    for each in listed(client, "describe_mount_targets", "MountTargets", FileSystemId=known[0]):
        if each["SubnetId"] == known[1]:
            require_finished(each["MountTargetId"], each.get("LifeCycleState", ""))
            return str(each["MountTargetId"])
    return None


def backup_vault(search: Search) -> str | None:
    """Return the vault's name."""
    known = search.known("name")
    if not known:
        return None
    client = search.clients.get("backup")
    for vault in listed(client, "list_backup_vaults", "BackupVaultList"):
        if vault["BackupVaultName"] == known[0]:
            tags = asked(client.list_tags, ResourceArn=vault["BackupVaultArn"]).get("Tags")
            return known[0] if search.owns(tags) else None
    return None


def backup_plan(search: Search) -> str | None:
    """Return the first plan of the name, which AWS lets several plans have."""
    known = search.known("name")
    if not known:
        return None
    client = search.clients.get("backup")
    found = [
        str(plan["BackupPlanId"])
        for plan in listed(client, "list_backup_plans", "BackupPlansList")
        if plan["BackupPlanName"] == known[0]
        and search.owns(asked(client.list_tags, ResourceArn=plan["BackupPlanArn"]).get("Tags"))
    ]
    return min(found, default=None)


def backup_selection(search: Search) -> str | None:
    """Return ``plan|selection``, for the plan's only selection of the name."""
    known = search.known("plan_id", "name")
    if not known:
        return None
    client = search.clients.get("backup")
    found = listed(client, "list_backup_selections", "BackupSelectionsList", BackupPlanId=known[0])
    identifier = only(each["SelectionId"] for each in found if each["SelectionName"] == known[1])
    return f"{known[0]}|{identifier}" if identifier else None
