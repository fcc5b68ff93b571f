"""Everything with the tag goes, in whatever order AWS lets it, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.aws.listers import LISTERS
from jupyterhub_eks.aws.removers import REMOVERS, removal_command
from jupyterhub_eks.aws.sweep import Patience, sweep
from jupyterhub_eks.ports import Resource
from tests.support.aws import FakeClients, aws_error

LIST = [{"Key": "jhub.deployment", "Value": "a"}]
VPC = Resource("ec2", "vpc", "vpc-1")
SUBNET = Resource("ec2", "subnet", "subnet-1")
CLUSTER = Resource("eks", "cluster", "a")
ADDON = Resource("eks", "addon", "a/coredns")


class Account:
    """A VPC with a subnet, and a cluster, with AWS's rules about what goes first."""

    def __init__(self) -> None:
        self.now = 0.0
        self.existing = {"vpc-1", "subnet-1"}
        self.calls: list[str] = []
        self.denied: set[str] = set()

    def clients(self) -> FakeClients:
        """Return clients that answer as the account stands."""
        return FakeClients(
            ec2={
                "describe_vpcs": lambda: {"Vpcs": self._entries("VpcId", "vpc-1")},
                "describe_subnets": lambda: {"Subnets": self._entries("SubnetId", "subnet-1")},
                "delete_vpc": lambda VpcId: self._delete(VpcId, needs_gone="subnet-1"),  # noqa: N803
                "delete_subnet": lambda **named: self._delete(*named.values()),
            },
            eks={
                "list_clusters": lambda: {"clusters": ["a"] if "a" in self.existing else []},
                "describe_cluster": {"cluster": {"tags": {"jhub.deployment": "a"}}},
                "list_addons": {"addons": ["coredns"]},
                "delete_cluster": self._delete_cluster,
                "delete_addon": lambda **_: self.calls.append("delete_addon"),
            },
        )

    def _entries(self, key: str, identifier: str) -> list[dict[str, Any]]:
        return [{key: identifier, "Tags": LIST}] if identifier in self.existing else []

    def _delete(self, identifier: str, needs_gone: str = "") -> Any:
        self.calls.append(identifier)
        if identifier in self.denied:
            return aws_error("UnauthorizedOperation")
        if needs_gone in self.existing:
            return aws_error("DependencyViolation", message="has dependencies")
        self.existing.discard(identifier)
        return {}

    def _delete_cluster(self, name: str) -> dict[str, Any]:
        self.calls.append(f"delete_cluster {name}")
        return {}

    def sleep(self, seconds: float) -> None:
        """Let time pass; a cluster is gone after ten minutes."""
        self.now += seconds
        if self.now > 600:
            self.existing.discard("a")

    def patience(self) -> Patience:
        """Return a patience on this account's clock."""
        return Patience(sleep=self.sleep, clock=lambda: self.now)


def _sweep(account: Account, *chosen: Resource) -> tuple[list[Resource], dict[Resource, str]]:
    gone: list[Resource] = []
    left = sweep(account.clients(), "a", chosen, gone.append, account.patience())
    return gone, left


def test_what_is_in_use_is_tried_again() -> None:
    """A VPC goes when its subnet has gone."""
    account = Account()
    account.existing.add("vpc-1")

    gone, left = _sweep(account, VPC, SUBNET)

    assert set(gone) == {VPC, SUBNET}
    assert left == {}


def test_only_what_was_chosen_is_touched() -> None:
    """The tag alone is not enough."""
    account = Account()

    assert _sweep(account, SUBNET) == ([SUBNET], {})
    assert account.calls == ["subnet-1"]


def test_only_what_carries_the_tag_is_touched() -> None:
    """The choice alone is not enough either."""
    account = Account()

    assert _sweep(account, Resource("ec2", "subnet", "subnet-of-others")) == ([], {})
    assert account.calls == []


def test_what_stays_in_use_stays_with_the_reason() -> None:
    """After a minute without any change nothing more is tried."""
    account = Account()

    gone, left = _sweep(account, VPC)

    assert gone == []
    assert "has dependencies" in left[VPC]
    assert 60 < account.now < 90


def test_what_is_denied_is_not_waited_for() -> None:
    """Waiting gives nobody a permission."""
    account = Account()
    account.denied.add("subnet-1")

    gone, left = _sweep(account, SUBNET)

    assert (gone, list(left), account.now) == ([], [SUBNET], 0.0)


def test_what_takes_minutes_is_waited_for_and_asked_once() -> None:
    """A cluster takes ten minutes; its parts go with it."""
    account = Account()
    account.existing.add("a")

    gone, left = _sweep(account, CLUSTER, ADDON)

    assert (set(gone), left) == ({CLUSTER, ADDON}, {})
    assert account.calls == ["delete_cluster a"]


def test_a_part_alone_is_removed_from_a_cluster_that_stays() -> None:
    """It does not wait for the cluster."""
    account = Account()
    account.existing.add("a")

    _sweep(account, ADDON)

    assert "delete_addon" in account.calls
    assert "delete_cluster a" not in account.calls


def test_whoever_is_told_may_stop_it() -> None:
    """An interrupt is raised there."""

    def stop(_: Resource) -> None:
        raise KeyboardInterrupt

    account = Account()
    with pytest.raises(KeyboardInterrupt):
        sweep(account.clients(), "a", [SUBNET], stop, account.patience())


def _listed_kinds() -> set[tuple[str, str]]:
    """Return every kind that some lister names in its source."""
    import inspect  # noqa: PLC0415
    import re  # noqa: PLC0415

    found: set[tuple[str, str]] = set()
    for service, lister in LISTERS.items():
        source = inspect.getsource(inspect.getmodule(lister))  # type: ignore[arg-type]
        names = re.findall(r'Resource\(\s*"[\w-]+", "([\w-]+)"', source)
        names += re.findall(r'_Kind\(\s*"([\w-]+)"', source)
        if service == "iam":
            names += re.findall(r'\(\s*"([a-z-]+)",\s*"list_', source)
        found |= {(service, name) for name in names}
    return found


def test_every_kind_of_the_inventory_can_be_removed() -> None:
    """What can be found can be removed, and by hand too."""
    kinds = _listed_kinds()
    assert len(kinds) > 30
    assert kinds <= REMOVERS.keys()


@pytest.mark.parametrize(
    ("resource", "command"),
    [
        (
            Resource("ec2", "nat-gateway", "nat-1"),
            "aws ec2 delete-nat-gateway --nat-gateway-id nat-1",
        ),
        (
            Resource("eks", "node-group", "a/b"),
            "aws eks delete-nodegroup --cluster-name a --nodegroup-name b",
        ),
        (
            Resource("logs", "log-group", "/aws/eks/a/cluster"),
            "aws logs delete-log-group --log-group-name /aws/eks/a/cluster",
        ),
        (Resource("other", "thing", "x"), ""),
    ],
)
def test_the_command_for_people(resource: Resource, command: str) -> None:
    """It can be pasted."""
    assert removal_command(resource) == command
