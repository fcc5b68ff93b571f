"""Intent of stack ``storage``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.synth import ABSENT, Contains, Matching
from tests.synth.support_stacks import KEY_ARN, deployment

if TYPE_CHECKING:
    from tests.support.synth import StackJson, Stacks, Synthesizer

DATA = ("aws_efs_file_system", "aws_efs_access_point", "aws_backup_vault")
DOORS = [
    "${aws_efs_access_point.HomeAccessPoint.arn}",
    "${aws_efs_access_point.SharedAccessPoint.arn}",
]


def statement(stack: StackJson, sid: str) -> dict[str, Any]:
    policy = json.loads(stack.the("aws_efs_file_system_policy")["policy"])
    (found,) = [entry for entry in policy["Statement"] if entry["Sid"] == sid]
    return dict(found)


def test_file_system_is_encrypted_and_elastic(default_stacks: Stacks) -> None:
    """Files are encrypted at rest and throughput follows demand."""
    default_stacks["storage"].the(
        "aws_efs_file_system",
        encrypted=True,
        kms_key_id=ABSENT,
        throughput_mode="elastic",
        performance_mode="generalPurpose",
    )


def test_customer_key_encrypts_files_and_backups(synthesizer: Synthesizer) -> None:
    """A KMS key in the configuration encrypts the file system and its vault."""
    storage = synthesizer(deployment(storage={"kms_key_arn": KEY_ARN}))["storage"]
    storage.the("aws_efs_file_system", kms_key_id=KEY_ARN)
    storage.the("aws_backup_vault", kms_key_arn=KEY_ARN)


def test_every_zone_has_a_mount_target(default_stacks: Stacks) -> None:
    """There is a mount target in each private subnet: nodes resolve that of their zone."""
    storage = default_stacks["storage"]
    storage.assert_count("aws_efs_mount_target", 3)
    subnets = {body["subnet_id"] for body in storage.resources("aws_efs_mount_target").values()}
    assert len(subnets) == 3
    assert all("PrivateSubnet" in subnet for subnet in subnets)


def test_access_points_act_as_the_notebook_user(default_stacks: Stacks) -> None:
    """Personal and shared files have different roots, neither is `/`, and nobody is root."""
    for path, permissions in (("/home", "0755"), ("/shared", "0775")):
        default_stacks["storage"].the(
            "aws_efs_access_point",
            posix_user={"uid": 1000, "gid": 100},
            root_directory={
                "path": path,
                "creation_info": {"owner_uid": 1000, "owner_gid": 100, "permissions": permissions},
            },
        )
    default_stacks["storage"].assert_count("aws_efs_access_point", 2)


def test_policy_admits_mounts_through_the_two_access_points(default_stacks: Stacks) -> None:
    """Clients may mount and write through a mount target and one of the two doors."""
    allow = statement(default_stacks["storage"], "AllowThroughOurAccessPoints")
    assert allow["Action"] == ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    assert allow["Condition"] == {
        "ArnEquals": {"elasticfilesystem:AccessPointArn": DOORS},
        "Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"},
    }


@pytest.mark.parametrize(
    ("sid", "condition"),
    [
        ("DenyAnyOtherDoor", {"ArnNotEquals": {"elasticfilesystem:AccessPointArn": DOORS}}),
        ("DenyWithoutTls", {"Bool": {"aws:SecureTransport": "false"}}),
    ],
)
def test_policy_denies_everyone_the_other_ways(
    default_stacks: Stacks, sid: str, condition: dict[str, Any]
) -> None:
    """Without TLS, or past the two doors, nobody reaches a file, whatever their own policies."""
    deny = statement(default_stacks["storage"], sid)
    assert (deny["Effect"], deny["Principal"]) == ("Deny", {"AWS": "*"})
    assert set(deny["Action"]) == {
        "elasticfilesystem:ClientMount",
        "elasticfilesystem:ClientWrite",
        "elasticfilesystem:ClientRootAccess",
    }
    assert deny["Condition"] == condition


def test_nobody_is_granted_root(default_stacks: Stacks) -> None:
    """The policy allows root access to nobody."""
    policy = json.loads(default_stacks["storage"].the("aws_efs_file_system_policy")["policy"])
    (allowed,) = [entry for entry in policy["Statement"] if entry["Effect"] == "Allow"]
    assert "elasticfilesystem:ClientRootAccess" not in allowed["Action"]


def test_mount_targets_admit_nobody_by_themselves(default_stacks: Stacks) -> None:
    """The security group has no rule here; only stack karpenter opens it, to the nodes."""
    storage = default_stacks["storage"]
    storage.the("aws_security_group", ingress=ABSENT, egress=ABSENT)
    storage.assert_count("aws_vpc_security_group_ingress_rule", 0)


def test_old_files_move_and_come_back(default_stacks: Stacks) -> None:
    """Both directions stand in blocks of their own, as EFS demands."""
    default_stacks["storage"].the(
        "aws_efs_file_system",
        lifecycle_policy=[
            {"transition_to_ia": "AFTER_90_DAYS", "transition_to_primary_storage_class": ABSENT},
            {"transition_to_primary_storage_class": "AFTER_1_ACCESS", "transition_to_ia": ABSENT},
        ],
    )


@pytest.mark.parametrize(("days", "expected"), [(1, "AFTER_1_DAY"), (365, "AFTER_365_DAYS")])
def test_days_until_files_move_are_spelled_as_efs_does(
    synthesizer: Synthesizer, days: int, expected: str
) -> None:
    """One day is singular in EFS's vocabulary."""
    synthesizer(deployment(storage={"infrequent_access_days": days}))["storage"].the(
        "aws_efs_file_system", lifecycle_policy=Contains({"transition_to_ia": expected})
    )


def test_files_may_stay_where_they_are(synthesizer: Synthesizer) -> None:
    """With 0 days no file ever changes its storage class."""
    synthesizer(deployment(storage={"infrequent_access_days": 0}))["storage"].the(
        "aws_efs_file_system", lifecycle_policy=ABSENT
    )


def test_files_are_backed_up_daily(synthesizer: Synthesizer) -> None:
    """A daily recovery point of this file system is kept as long as configured."""
    storage = synthesizer(deployment(storage={"backup_days": 7}))["storage"]
    storage.the(
        "aws_backup_plan",
        rule=[{"schedule": Matching(r"^cron\("), "lifecycle": {"delete_after": 7}}],
    )
    storage.the("aws_backup_selection", resources=["${aws_efs_file_system.FileSystem.arn}"])


def test_recovery_points_carry_the_deployment(default_stacks: Stacks) -> None:
    """Recovery points are tagged: default tags do not reach what AWS Backup makes."""
    (rule,) = default_stacks["storage"].the("aws_backup_plan")["rule"]
    assert rule["recovery_point_tags"]["jhub.deployment"] == "jupyterhub-on-eks"


def test_no_backup_means_no_part_of_it(synthesizer: Synthesizer) -> None:
    """With 0 days neither vault, plan, selection nor role is made."""
    storage = synthesizer(deployment(storage={"backup_days": 0}))["storage"]
    for kind in ("aws_backup_vault", "aws_backup_plan", "aws_backup_selection", "aws_iam_role"):
        storage.assert_count(kind, 0)


def test_the_account_wide_automatic_backup_is_off(default_stacks: Stacks) -> None:
    """EFS's own backup would keep a second copy that no deployment owns."""
    default_stacks["storage"].the("aws_efs_backup_policy", backup_policy={"status": "DISABLED"})


def test_backup_days_change_the_plan_alone(
    default_stacks: Stacks, synthesizer: Synthesizer
) -> None:
    """A new retention changes one resource of one stack."""
    after = synthesizer(deployment(storage={"backup_days": 36}))
    changed = {
        (name, kind)
        for name, stack in after.items()
        for kind, resources in stack.content["resource"].items()
        if resources != default_stacks[name].resources(kind)
    }
    assert changed == {("storage", "aws_backup_plan")}


@pytest.mark.parametrize("kind", DATA)
def test_protected_data_cannot_be_destroyed(synthesizer: Synthesizer, kind: str) -> None:
    """Terraform refuses to destroy files, doors and backups of a protected deployment."""
    stacks = synthesizer(deployment(), protect_data=True)
    for body in stacks["storage"].resources(kind).values():
        assert body["lifecycle"] == {"prevent_destroy": True}
    assert stacks["storage"].the("aws_backup_vault")["force_destroy"] is False


@pytest.mark.parametrize("kind", DATA)
def test_unprotected_data_goes_with_the_deployment(default_stacks: Stacks, kind: str) -> None:
    """Without protection nothing holds destroy up, full vaults included."""
    for body in default_stacks["storage"].resources(kind).values():
        assert "lifecycle" not in body
    assert default_stacks["storage"].the("aws_backup_vault")["force_destroy"] is True
