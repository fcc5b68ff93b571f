"""Budgets belong to the account, and billing is often closed: what is listed, found, removed."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from jupyterhub_eks.aws.listers import budgets
from jupyterhub_eks.aws.ownership import DeploymentOwner
from jupyterhub_eks.aws.removers import REMOVERS
from jupyterhub_eks.ports import Resource
from tests.support.aws import FakeClients, aws_error

ACCOUNT = "123456789012"
ARN = f"arn:aws:budgets::{ACCOUNT}:budget/"
IDENTITY = {"get_caller_identity": {"Account": ACCOUNT}}


def tags_of(ResourceARN: str) -> dict[str, Any]:  # noqa: N803 - the name of the argument
    """Answer for two budgets of two deployments."""
    owner = {f"{ARN}lab-month": "lab", f"{ARN}lab-b-month": "lab-b"}[ResourceARN]
    return {"ResourceTags": [{"Key": "jhub.deployment", "Value": owner}]}


def clients(**answers: Any) -> FakeClients:
    """Return clients of an account with budgets of two deployments, and one of somebody else."""
    names = ("lab-month", "lab-b-month", "everything")
    known = {
        "describe_budgets": {"Budgets": [{"BudgetName": name} for name in names]},
        "list_tags_for_resource": tags_of,
    }
    return FakeClients(sts=IDENTITY, budgets={**known, **answers})


def listed(found: FakeClients) -> list[Resource]:
    """Return what is listed of `lab`."""
    return list(budgets.resources(found, DeploymentOwner("lab")))


def test_only_its_own_budget() -> None:
    """The tag decides; a budget with another name is not even asked for its tags."""
    found = clients()

    assert listed(found) == [Resource("budgets", "budget", "lab-month")]
    assert found.get("budgets").calls[0] == ("describe_budgets", {"AccountId": ACCOUNT})


def test_where_billing_is_closed() -> None:
    """Who may not see budgets made none: destroying a hub without one must not fail for it."""
    assert listed(clients(describe_budgets=aws_error("AccessDeniedException"))) == []


def test_another_failure_is_no_silence() -> None:
    """An API that cannot be asked is never taken for an empty account."""
    with pytest.raises(ClientError):
        listed(clients(describe_budgets=aws_error("InternalErrorException")))
    with pytest.raises(ClientError):
        listed(clients(list_tags_for_resource=aws_error("AccessDeniedException")))


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1"])
def test_where_there_are_no_budgets(region: str) -> None:
    """Nothing is asked of an API that does not exist."""
    found = clients()
    found.region = region

    assert listed(found) == []
    assert found.get("budgets").calls == []


def test_it_is_removed_by_name() -> None:
    """Of the account that asks."""
    found = clients()
    REMOVERS["budgets", "budget"].remove(found, "lab-month")

    assert found.get("budgets").calls == [
        ("delete_budget", {"AccountId": ACCOUNT, "BudgetName": "lab-month"})
    ]
