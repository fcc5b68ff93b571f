"""What holds for all stacks: tags, names, backends, versions, construct ids."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.naming import LIMITS, state_bucket_name
from stacks.partitions import dns_suffix_of, partition_of
from tests.support.synth import ABSENT
from tests.synth.support_stacks import cognito, deployment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.synth import Stacks, Synthesizer

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "construct-ids.txt"
LONG = "a" + "very-long-" * 9 + "name"
# Argument that is the name in AWS, and the limit it is under.
NAMED = {
    "aws_iam_role": ("name", "iam_role"),
    "aws_iam_policy": ("name", "iam_policy"),
    "aws_iam_instance_profile": ("name", "instance_profile"),
    "aws_sqs_queue": ("name", "sqs_queue"),
    "aws_cloudwatch_event_rule": ("name", "event_rule"),
    "aws_backup_vault": ("name", "backup_vault"),
    "aws_backup_plan": ("name", "backup_plan"),
    "aws_backup_selection": ("name", "backup_plan"),
    "aws_budgets_budget": ("name", "budget"),
    "aws_cognito_user_pool": ("name", "cognito_pool"),
    "aws_cognito_user_pool_domain": ("domain", "cognito_domain"),
    "aws_security_group": ("name", "security_group"),
    "aws_launch_template": ("name", "launch_template"),
    "aws_efs_file_system": ("creation_token", "efs_creation_token"),
}
# What a deployment has only with a setting that it does not need.
ONLY_ASKED = {"aws_budgets_budget"}


def long_named() -> Any:
    return deployment(
        name=LONG,
        auth={"type": "cognito"},
        access={"domain": "hub.example.org"},
        budget={"monthly_usd": 500, "email": ["alice@example.org"]},
    )


def names(stacks: Stacks) -> Iterator[tuple[str, str, str]]:
    """Return type, name in AWS and kind of limit of every named resource."""
    for stack in stacks.values():
        for kind, (argument, limit) in NAMED.items():
            for body in stack.resources(kind).values():
                yield kind, body[argument], limit


def addresses(stacks: Stacks) -> list[str]:
    return sorted(
        f"{name} {kind}.{key}"
        for name, stack in stacks.items()
        for kind, resources in stack.content.get("resource", {}).items()
        for key in resources
    )


def providers(stacks: Stacks) -> list[dict[str, Any]]:
    """Return the AWS provider of every stack that has resources in AWS."""
    found = [stack.content["provider"].get("aws", []) for stack in stacks.values()]
    return [dict(only) for blocks in found for only in blocks]


def test_construct_ids_are_the_written_ones(cognito_stacks: Stacks) -> None:
    """Changing an id replaces a user's resource, so each change stands in the golden file."""
    assert addresses(cognito_stacks) == GOLDEN.read_text(encoding="utf-8").splitlines()


def test_there_are_at_least_eighty_resources(default_stacks: Stacks) -> None:
    """The AWS half is a whole platform, not a sample."""
    assert sum(stack.stack.resources for stack in default_stacks.values()) >= 80


def test_every_resource_is_tagged_with_the_deployment(synthesizer: Synthesizer) -> None:
    """The provider of each stack puts the deployment's tag and the user's on everything."""
    found = providers(synthesizer(deployment(tags={"team": "research"})))
    assert len(found) >= 5
    for provider in found:
        assert provider["default_tags"] == [
            {"tags": {"jhub.deployment": "jupyterhub-on-eks", "team": "research"}}
        ]


def test_a_user_cannot_overwrite_the_deployments_tag(synthesizer: Synthesizer) -> None:
    """Destroy finds resources by this tag, so its value is ours."""
    for provider in providers(synthesizer(deployment(tags={"jhub.deployment": "other"}))):
        assert provider["default_tags"] == [{"tags": {"jhub.deployment": "jupyterhub-on-eks"}}]


def test_only_the_named_account_is_touched(
    default_stacks: Stacks, synthesizer: Synthesizer
) -> None:
    """With `account` set the provider refuses any other; without, it asks nothing."""
    for provider in providers(synthesizer(deployment(account="123456789012"))):
        assert provider["allowed_account_ids"] == ["123456789012"]
    for provider in providers(default_stacks):
        assert "allowed_account_ids" not in provider


def test_names_carry_the_deployment(cognito_stacks: Stacks) -> None:
    """Every name in AWS begins with the deployment's."""
    assert {kind for kind, _, _ in names(cognito_stacks)} == set(NAMED) - ONLY_ASKED
    for kind, name, _ in names(cognito_stacks):
        assert name.startswith("jupyterhub-on-eks"), kind


def test_names_of_a_long_deployment_fit(synthesizer: Synthesizer) -> None:
    """Names keep AWS's limits, also for the longest deployment name."""
    for kind, name, limit in names(synthesizer(long_named())):
        assert len(name) <= LIMITS[limit], kind


def test_long_names_do_not_collide(synthesizer: Synthesizer) -> None:
    """Shortened names of one kind stay different from each other."""
    found = [
        (kind, name)
        for kind, name, _ in names(synthesizer(long_named()))
        if kind != "aws_security_group"
    ]
    assert len(found) == len(set(found))


def test_two_deployments_share_no_name(cognito_stacks: Stacks, synthesizer: Synthesizer) -> None:
    """Two deployments live in one account."""
    other = deployment(
        name="second", auth={"type": "cognito"}, access={"domain": "hub.example.org"}
    )
    one = {(kind, name) for kind, name, _ in names(cognito_stacks)}
    two = {(kind, name) for kind, name, _ in names(synthesizer(other))}
    assert not one & two


def test_versions_are_ranges(default_stacks: Stacks) -> None:
    """A provider of either major serves, and Terraform must know lock files in S3."""
    ranges = {
        "aws": {"source": "hashicorp/aws", "version": ">= 5.100.0, < 7.0.0"},
        "helm": {"source": "hashicorp/helm", "version": ">= 3.1.0, < 4.0.0"},
    }
    for stack in default_stacks.values():
        terraform = stack.content["terraform"]
        assert terraform["required_version"] == ">= 1.10.0"
        for name, wanted in terraform["required_providers"].items():
            assert wanted == ranges[name]


def test_local_state_is_relative(default_stacks: Stacks) -> None:
    """State lies beside the stacks, whatever folder that is, also for readers of it."""
    for name, stack in default_stacks.items():
        path = f"../../state/{name}.tfstate"
        assert stack.content["terraform"]["backend"]["local"]["path"] == path
        for body in stack.data("terraform_remote_state").values():
            assert body["config"]["path"].startswith("../../state/")


def test_state_in_s3_is_encrypted_and_locked(synthesizer: Synthesizer) -> None:
    """Each stack has a key of its own in the bucket, with native locking."""
    stacks = synthesizer(deployment(account="123456789012", state={"backend": "s3"}))
    for name, stack in stacks.items():
        assert stack.content["terraform"]["backend"] == {
            "s3": {
                "bucket": "jupyterhub-on-eks-state-123456789012-us-west-2",
                "key": f"jupyterhub-on-eks/{name}.tfstate",
                "region": "us-west-2",
                "encrypt": True,
                "use_lockfile": True,
            }
        }


def test_own_state_bucket_is_used(synthesizer: Synthesizer) -> None:
    """A named bucket is taken as it is, and needs no account."""
    stacks = synthesizer(deployment(state={"backend": "s3", "bucket": "our-state"}))
    for stack in stacks.values():
        assert stack.content["terraform"]["backend"]["s3"]["bucket"] == "our-state"
        for body in stack.data("terraform_remote_state").values():
            assert body["config"]["bucket"] == "our-state"


def test_state_bucket_needs_an_account() -> None:
    """Bucket names are global, so one without the account is refused."""
    with pytest.raises(ValueError, match="account"):
        state_bucket_name("hub", "", "us-west-2")


def test_nothing_names_a_path_or_an_endpoint(cognito_stacks: Stacks) -> None:
    """The same files go to AWS and to the embedded one, from any folder."""
    for stack in cognito_stacks.values():
        text = json.dumps(stack.content)
        assert not re.search(r'"/(root|Users|opt|work)/', text)
        assert str(Path(__file__).parents[2]) not in text
        assert str(stack.stack.directory.parent) not in text
    for provider in providers(cognito_stacks):
        assert "endpoints" not in provider
        assert not {"access_key", "secret_key", "profile"} & set(provider)


def test_outputs_of_people_are_described(cognito_stacks: Stacks) -> None:
    """Every output that is not a hand-over between stacks says what it is."""
    for stack in cognito_stacks.values():
        for name, body in stack.outputs.items():
            assert name.startswith("cross-stack-output") or body["description"]


def test_hand_overs_are_not_printed(cognito_stacks: Stacks) -> None:
    """What stacks hand to each other is sensitive, so that no screen fills with it."""
    for stack in cognito_stacks.values():
        for name, body in stack.outputs.items():
            if name.startswith("cross-stack-output"):
                assert body["sensitive"] is True


def test_nothing_of_stock_terraform_is_replaced_by_a_shortcut(cognito_stacks: Stacks) -> None:
    """No provisioner, no null resource: everything is a resource with a life cycle."""
    for stack in cognito_stacks.values():
        kinds = stack.content.get("resource", {})
        assert all(kind.startswith("aws_") or kind == "helm_release" for kind in kinds)
        for resources in kinds.values():
            assert all(body.get("provisioner", ABSENT) is ABSENT for body in resources.values())


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("eu-central-1", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
    ],
)
def test_partition_follows_the_region(region: str, partition: str, suffix: str) -> None:
    """ARNs and service names are those of the region's partition."""
    assert (partition_of(region), dns_suffix_of(region)) == (partition, suffix)


def test_order_of_groups_does_not_matter(synthesizer: Synthesizer) -> None:
    """Turning a list of the configuration round changes no byte."""
    one = synthesizer(cognito(groups=["a", "b"]))["identity"]
    other = synthesizer(cognito(groups=["b", "a"]))["identity"]
    assert one.content == other.content
