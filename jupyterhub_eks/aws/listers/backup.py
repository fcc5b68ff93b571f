"""AWS Backup: vaults, plans and what the plans select."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.aws.listers.paging import items
from jupyterhub_eks.ports import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.aws.ownership import Owner
    from jupyterhub_eks.aws.session import Clients


def resources(clients: Clients, owner: Owner) -> Iterator[Resource]:
    """Yield vaults and plans by tag; a selection belongs to its plan."""
    client = clients.get("backup")

    def is_owned(name: str, arn: str) -> bool:
        if not name.startswith(owner.prefix):
            return False
        return owner.owns(client.list_tags(ResourceArn=arn).get("Tags", {}))

    for vault in items(client, "list_backup_vaults", "BackupVaultList"):
        if is_owned(vault["BackupVaultName"], vault["BackupVaultArn"]):
            yield Resource("backup", "vault", vault["BackupVaultName"])
    for plan in items(client, "list_backup_plans", "BackupPlansList"):
        if not is_owned(plan["BackupPlanName"], plan["BackupPlanArn"]):
            continue
        key = plan["BackupPlanId"]
        yield Resource("backup", "plan", key)
        for selection in items(
            client, "list_backup_selections", "BackupSelectionsList", BackupPlanId=key
        ):
            yield Resource("backup", "selection", f"{key}/{selection['SelectionId']}")
