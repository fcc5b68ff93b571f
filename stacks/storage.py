"""Stack ``storage``: the EFS file system, its two doors, mount targets and backups.

It needs only the network and so is made while the cluster is. That is why the
security group of the mount targets is made here without any rule, and stack
``karpenter``, which knows the nodes, opens NFS to them and to nobody else (D1d).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.backup_plan import (
    BackupPlan,
    BackupPlanRule,
    BackupPlanRuleLifecycle,
)
from cdktf_cdktf_provider_aws.backup_selection import BackupSelection
from cdktf_cdktf_provider_aws.backup_vault import BackupVault
from cdktf_cdktf_provider_aws.efs_access_point import (
    EfsAccessPoint,
    EfsAccessPointPosixUser,
    EfsAccessPointRootDirectory,
    EfsAccessPointRootDirectoryCreationInfo,
)
from cdktf_cdktf_provider_aws.efs_backup_policy import (
    EfsBackupPolicy,
    EfsBackupPolicyBackupPolicy,
)
from cdktf_cdktf_provider_aws.efs_file_system import (
    EfsFileSystem,
    EfsFileSystemLifecyclePolicy,
)
from cdktf_cdktf_provider_aws.efs_file_system_policy import EfsFileSystemPolicy
from cdktf_cdktf_provider_aws.efs_mount_target import EfsMountTarget
from cdktf_cdktf_provider_aws.security_group import SecurityGroup

from stacks.base import BaseStack
from stacks.contracts import StorageOutputs
from stacks.iam import file_system_policy, service_trust, to_json
from stacks.roles import add_role

if TYPE_CHECKING:
    from constructs import Construct

    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.config.storage import StorageConfig
    from stacks.contracts import NetworkOutputs

# `jovyan` and `users` of the Jupyter images. An access point acts as nobody else,
# whoever the client says it is (D1c).
USER_ID: Final = 1000
GROUP_ID: Final = 100
# 05:00 UTC: night in the Americas, before the day in Europe.
BACKUP_SCHEDULE: Final = "cron(0 5 * * ? *)"


class StorageStack(BaseStack):
    """Personal and shared files of one deployment.

    Args:
        scope: The cdktf app.
        settings: Contents of ``jhub.yaml``.
        network: The VPC.
        protect_data: Let Terraform refuse to destroy file system, doors and backups.
    """

    outputs: StorageOutputs

    def __init__(
        self,
        scope: Construct,
        *,
        settings: DeploymentFile,
        network: NetworkOutputs,
        protect_data: bool,
    ) -> None:
        super().__init__(scope, "storage", settings=settings)
        self._protect_data = protect_data
        files = self._create_file_system(settings.storage)
        home = self._create_access_point(files, "home", permissions="0755")
        shared = self._create_access_point(files, "shared", permissions="0775")
        self._restrict(files, (home, shared))
        group = self._create_mount_targets(files, network)
        self._create_backups(files, settings.storage)
        self.outputs = StorageOutputs(
            file_system_id=files.id,
            home_access_point_id=home.id,
            shared_access_point_id=shared.id,
            security_group_id=group.id,
        )
        self._add_outputs()

    def _keep(self) -> TerraformResourceLifecycle | None:
        return TerraformResourceLifecycle(prevent_destroy=True) if self._protect_data else None

    def _create_file_system(self, config: StorageConfig) -> EfsFileSystem:
        return EfsFileSystem(
            self,
            "FileSystem",
            # A second create with the same token is refused, so an interrupted run can
            # never leave users with a second, empty file system.
            creation_token=self.name_of("files", "efs_creation_token"),
            encrypted=True,
            kms_key_id=config.kms_key_arn,
            throughput_mode="elastic",
            performance_mode="generalPurpose",
            lifecycle_policy=_lifecycle_policies(config.infrequent_access_days),
            tags=self.named("files"),
            lifecycle=self._keep(),
        )

    def _create_access_point(
        self, files: EfsFileSystem, name: str, *, permissions: str
    ) -> EfsAccessPoint:
        return EfsAccessPoint(
            self,
            f"{name.capitalize()}AccessPoint",
            file_system_id=files.id,
            posix_user=EfsAccessPointPosixUser(uid=USER_ID, gid=GROUP_ID),
            root_directory=EfsAccessPointRootDirectory(
                path=f"/{name}",
                creation_info=EfsAccessPointRootDirectoryCreationInfo(
                    owner_uid=USER_ID, owner_gid=GROUP_ID, permissions=permissions
                ),
            ),
            tags=self.named(name),
            lifecycle=self._keep(),
        )

    def _restrict(self, files: EfsFileSystem, doors: tuple[EfsAccessPoint, ...]) -> None:
        EfsFileSystemPolicy(
            self,
            "FileSystemPolicy",
            file_system_id=files.id,
            policy=to_json(file_system_policy(files.arn, [door.arn for door in doors])),
        )
        # EFS's own automatic backup writes to a vault of the account that no deployment
        # owns, for 35 days whatever `backup_days` says; ours below takes its place.
        EfsBackupPolicy(
            self,
            "AutomaticBackup",
            file_system_id=files.id,
            backup_policy=EfsBackupPolicyBackupPolicy(status="DISABLED"),
        )

    def _create_mount_targets(self, files: EfsFileSystem, network: NetworkOutputs) -> SecurityGroup:
        group = SecurityGroup(
            self,
            "MountTargetSecurityGroup",
            name=self.name_of("mount-targets", "security_group"),
            description="NFS from the nodes of the cluster only",
            vpc_id=network.vpc_id,
            tags=self.named("mount-targets"),
        )
        for index, subnet_id in enumerate(network.private_subnet_ids):
            EfsMountTarget(
                self,
                f"MountTarget{index}",
                file_system_id=files.id,
                subnet_id=subnet_id,
                security_groups=[group.id],
            )
        return group

    def _create_backups(self, files: EfsFileSystem, config: StorageConfig) -> None:
        if not config.backup_days:
            return
        vault = BackupVault(
            self,
            "BackupVault",
            name=self.name_of("files", "backup_vault"),
            kms_key_arn=config.kms_key_arn,
            # A vault that holds recovery points can only be deleted with them.
            force_destroy=not self._protect_data,
            lifecycle=self._keep(),
        )
        plan = BackupPlan(
            self,
            "BackupPlan",
            name=self.name_of("files", "backup_plan"),
            rule=[
                BackupPlanRule(
                    rule_name="daily",
                    target_vault_name=vault.name,
                    schedule=BACKUP_SCHEDULE,
                    start_window=60,
                    completion_window=480,
                    lifecycle=BackupPlanRuleLifecycle(delete_after=config.backup_days),
                    recovery_point_tags=self.deployment_tags,
                )
            ],
        )
        role = add_role(
            self,
            "Backup",
            name=self.name_of("backup", "iam_role"),
            trust=service_trust("backup.amazonaws.com"),
            managed_policies=(
                "service-role/AWSBackupServiceRolePolicyForBackup",
                "service-role/AWSBackupServiceRolePolicyForRestores",
            ),
        )
        BackupSelection(
            self,
            "BackupSelection",
            name=self.name_of("files", "backup_plan"),
            plan_id=plan.id,
            iam_role_arn=role.arn,
            resources=[files.arn],
            depends_on=list(role.attachments),
        )

    def _add_outputs(self) -> None:
        out = self.outputs
        self.add_output("file_system_id", out.file_system_id, "EFS file system")
        self.add_output(
            "home_access_point_id", out.home_access_point_id, "Access point of personal folders"
        )
        self.add_output(
            "shared_access_point_id",
            out.shared_access_point_id,
            "Access point of the shared folder",
        )


def _lifecycle_policies(days: int) -> list[EfsFileSystemLifecyclePolicy] | None:
    """Return the storage-class rules: EFS wants one block for each direction (facts 5)."""
    if not days:
        return None
    unit = "DAY" if days == 1 else "DAYS"
    return [
        EfsFileSystemLifecyclePolicy(transition_to_ia=f"AFTER_{days}_{unit}"),
        EfsFileSystemLifecyclePolicy(transition_to_primary_storage_class="AFTER_1_ACCESS"),
    ]
