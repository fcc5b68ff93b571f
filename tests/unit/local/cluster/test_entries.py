"""Access entries: which Kubernetes user an AWS identity is."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.local.cluster.authenticator.entries import is_principal, user_of
from jupyterhub_eks.local.cluster.authenticator.tokens import Caller, RefusedTokenError

ACCOUNT = "000000000000"
ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
USER = f"arn:aws:iam::{ACCOUNT}:user/bob"


def caller(arn: str) -> Caller:
    return Caller(arn=arn, account=ACCOUNT, user_id="AIDX:alice", access_key="AKIDEXAMPLE")


class Pages:
    """A paginator with one page."""

    def __init__(self, page: dict[str, Any]) -> None:
        self._page = page

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        """Return its only page."""
        return [self._page]


class Eks:
    """An EKS that has one cluster with access entries."""

    def __init__(
        self,
        entries: dict[str, dict[str, Any]],
        policies: list[tuple[str, str]] | None = None,
        mode: str = "API",
    ) -> None:
        self.entries = entries
        self.policies = policies or []
        self.mode = mode

    def describe_cluster(self, **_: str) -> dict[str, Any]:
        """Return how the cluster knows its users."""
        return {"cluster": {"accessConfig": {"authenticationMode": self.mode}}}

    def describe_access_entry(self, **names: str) -> dict[str, Any]:
        """Return one entry."""
        principal = names["principalArn"]
        entry = {"type": "STANDARD", "principalArn": principal, "kubernetesGroups": []}
        return {"accessEntry": {**entry, **self.entries[principal]}}

    def get_paginator(self, name: str) -> Pages:
        """Return the pages of one of the two lists."""
        if name == "list_access_entries":
            return Pages({"accessEntries": list(self.entries)})
        found = [{"policyArn": arn, "accessScope": {"type": kind}} for arn, kind in self.policies]
        return Pages({"associatedAccessPolicies": found})


def test_an_administrators_policy_makes_a_master() -> None:
    """The policy of whole clusters allows everything."""
    user = user_of(caller(USER), "demo", Eks({USER: {}}, [(ADMIN, "cluster")]))

    assert (user.username, user.groups) == (USER, ("system:masters",))
    assert user.uid == f"aws-iam-authenticator:{ACCOUNT}:AIDX"


@pytest.mark.parametrize(
    "policies",
    [[], [(ADMIN, "namespace")], [(ADMIN.replace("ClusterAdmin", "Admin"), "cluster")]],
)
def test_less_makes_none(policies: list[tuple[str, str]]) -> None:
    """No policy, one for a namespace and one that allows less are all no masters."""
    assert user_of(caller(USER), "demo", Eks({USER: {}}, policies)).groups == ()


def test_groups_that_kubernetes_reserves_are_not_given() -> None:
    """EKS refuses to write such an entry, so none has an effect here."""
    groups = ["teachers", "system:masters", "eks:x", "aws:x", "iam:x", "amazon:x"]
    eks = Eks({USER: {"kubernetesGroups": groups}})

    assert user_of(caller(USER), "demo", eks).groups == ("teachers",)


def test_a_user_name_may_hold_the_session() -> None:
    """As EKS fills it in, with what is not allowed in a name replaced."""
    role = f"arn:aws:iam::{ACCOUNT}:role/team/admin"
    eks = Eks({role: {"username": "{{AccountID}}:{{SessionName}}"}})
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/alice@example.org"

    assert user_of(caller(arn), "demo", eks).username == f"{ACCOUNT}:alice-example.org"


@pytest.mark.parametrize(
    ("entries", "mode", "reason"),
    [
        ({}, "API", "no access entry"),
        ({USER + "by": {}}, "API", "no access entry"),
        ({USER: {"type": "EC2_LINUX"}}, "API", "EC2_LINUX"),
        ({USER: {}}, "CONFIG_MAP", "no notice of access entries"),
        ({USER: {}}, "", "no notice of access entries"),
    ],
)
def test_nobody_else_gets_in(entries: dict[str, Any], mode: str, reason: str) -> None:
    """No entry, a node's entry, or a cluster that does not go by entries."""
    with pytest.raises(RefusedTokenError, match=reason):
        user_of(caller(USER), "demo", Eks(entries, mode=mode))


@pytest.mark.parametrize(
    ("principal", "arn", "same"),
    [
        ("role/admin", "assumed-role/admin/s", True),
        ("role/team/a/admin", "assumed-role/admin/s", True),
        ("role/admin", "assumed-role/administrator/s", False),
        ("role/admin/other", "assumed-role/admin/s", False),
        ("user/admin", "assumed-role/admin/s", False),
    ],
)
def test_a_session_is_known_by_its_role(principal: str, arn: str, *, same: bool) -> None:
    """The session's ARN has no path, the entry's has; the name decides, and nothing like it."""
    session = caller(f"arn:aws:sts::{ACCOUNT}:{arn}")

    assert is_principal(f"arn:aws:iam::{ACCOUNT}:{principal}", session) is same


def test_a_role_of_another_account_is_another_role() -> None:
    """Only the name is alike."""
    session = caller(f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/s")

    assert not is_principal("arn:aws:iam::111111111111:role/admin", session)
    assert not is_principal(f"arn:aws-cn:iam::{ACCOUNT}:role/admin", session)
