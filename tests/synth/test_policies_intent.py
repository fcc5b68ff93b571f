"""Rules for every IAM policy document of every stack, readable without a scanner."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stacks.iam import pod_identity_trust

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.synth import Stacks

MANAGED_POLICY_LIMIT = 6144
# Read-only prefixes; anything else on "*" must stand under a condition or in this list.
READS = ("Describe", "Get", "List")
# Why: stacks/load_balancer_iam.py. AWS offers no narrower resource, or the controller
# works on what others made (certificates, firewalls, the nodes' security group).
UNSCOPED = {
    "CertificatesFirewallsAndLogins",
    "ChangeListeners",
    "CreateGroups",
    "Listeners",
    "OpenNodesToBalancers",
}


def documents(stacks: Stacks) -> Iterator[tuple[str, dict[str, Any]]]:
    for stack in stacks.values():
        for kind, resources in stack.content.get("resource", {}).items():
            for key, body in resources.items():
                for argument in ("policy", "assume_role_policy"):
                    if '"Statement"' in str(body.get(argument)):
                        yield f"{kind}.{key}", json.loads(body[argument])


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_no_statement_allows_everything(cognito_stacks: Stacks) -> None:
    """No action is a wildcard, neither as a whole nor of a service."""
    for address, policy in documents(cognito_stacks):
        for statement in policy["Statement"]:
            if statement["Effect"] == "Allow":
                assert not [a for a in as_list(statement["Action"]) if "*" in a], address


def changes_anything(statement: dict[str, Any]) -> bool:
    """Whether a statement lets one change any resource, under no condition."""
    actions = [action.partition(":")[2] for action in as_list(statement["Action"])]
    return (
        statement["Effect"] == "Allow"
        and as_list(statement.get("Resource")) == ["*"]
        and "Condition" not in statement
        and not all(action.startswith(READS) for action in actions)
    )


def test_changes_of_any_resource_are_under_a_condition(cognito_stacks: Stacks) -> None:
    """A grant to change `*` names a condition, or is one of the written exceptions."""
    found = {
        statement["Sid"]
        for _, policy in documents(cognito_stacks)
        for statement in policy["Statement"]
        if changes_anything(statement)
    }
    assert found == UNSCOPED


def test_every_statement_allowing_something_to_a_resource_is_named(
    cognito_stacks: Stacks,
) -> None:
    """Statements of the controllers' policies have different Sids, which exceptions refer to."""
    for address, policy in documents(cognito_stacks):
        if address.startswith("aws_iam_policy."):
            sids = [statement.get("Sid") for statement in policy["Statement"]]
            assert all(sids), address
            assert len(sids) == len(set(sids)), address


def test_policies_fit_iams_limit(cognito_stacks: Stacks) -> None:
    """A managed policy has at most 6144 characters, white space not counted."""
    for address, policy in documents(cognito_stacks):
        text = json.dumps(policy, separators=(",", ":"))
        assert len(text) <= MANAGED_POLICY_LIMIT, address


def test_pods_get_roles_by_pod_identity_alone(cognito_stacks: Stacks) -> None:
    """Roles bound to service accounts trust EKS Pod Identity and nobody else."""
    for stack in cognito_stacks.values():
        for body in stack.resources("aws_eks_pod_identity_association").values():
            key = body["role_arn"].removeprefix("${aws_iam_role.").removesuffix(".arn}")
            trust = stack.resources("aws_iam_role")[key]["assume_role_policy"]
            assert json.loads(trust) == pod_identity_trust()


def test_only_services_assume_roles(cognito_stacks: Stacks) -> None:
    """No role trusts an account, a user or everyone."""
    for stack in cognito_stacks.values():
        for key, body in stack.resources("aws_iam_role").items():
            for statement in json.loads(body["assume_role_policy"])["Statement"]:
                assert set(statement["Principal"]) == {"Service"}, key


def test_no_attachment_is_exclusive(cognito_stacks: Stacks) -> None:
    """`aws_iam_policy_attachment` and its like would strip other roles of the account (D7)."""
    for stack in cognito_stacks.values():
        kinds = set(stack.content.get("resource", {}))
        assert "aws_iam_policy_attachment" not in kinds
        assert not [kind for kind in kinds if kind.endswith("_exclusive")]
