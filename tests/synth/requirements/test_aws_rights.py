"""D2, D7, D13, D39: who may do what in the account."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.releases.labels import HUB_NAMESPACE
from stacks.addons import ADDONS
from tests.support.whole import Spoil, Whole, block, node, resource, value

if TYPE_CHECKING:
    from collections.abc import Iterable

ASSOCIATION = "aws_eks_pod_identity_association"
CONTROLLERS = ("karpenter", "aws-load-balancer-controller")
# Attachments that take a policy away from everybody else, or a role's other policies.
EXCLUSIVE = {
    "aws_iam_policy_attachment",
    "aws_iam_role_policies_exclusive",
    "aws_iam_role_policy_attachments_exclusive",
}


def unusable_roles(whole: Whole) -> list[str]:
    """Return roles that no pod can have, pods without their role, and rights of users."""
    accounts = {
        name: ("kube-system", whole.values[name]["serviceAccount"]["name"])
        for name in CONTROLLERS
        if name in whole.values
    }
    known = {("kube-system", each.identity.service_account) for each in ADDONS if each.identity}
    # Its role stays where the load balancer goes: the controller still has to remove it.
    known |= {*accounts.values(), ("kube-system", "aws-load-balancer-controller")}
    bound, found = set(), []
    for address, body in whole.resources(ASSOCIATION).items():
        account = (body["namespace"], body["service_account"])
        bound.add(account)
        if account[0] == HUB_NAMESPACE:
            found.append(f"{address} gives users a role")
        elif account not in known:
            found.append(f"{address} is for {account}, which nothing has")
    found += [f"{name} has no role" for name, each in accounts.items() if each not in bound]
    for address, body in whole.resources("aws_iam_role").items():
        for each in json.loads(body["assume_role_policy"])["Statement"]:
            if "Federated" in each["Principal"]:
                found.append(f"{address} trusts by a name that is written a second time")
    return found


def test_d02_roles_reach_their_pods(whole: Whole) -> None:
    """A role is bound to the account that its chart makes, and user servers have none."""
    assert unusable_roles(whole) == []


OIDC = '{"Statement": [{"Principal": {"Federated": "arn:aws:iam::1:oidc-provider/x"}}]}'


@pytest.mark.parametrize(
    "mistake",
    [
        value("karpenter", "serviceAccount", "name", to="other"),
        resource("karpenter", ASSOCIATION, "service_account", to="other"),
        resource("karpenter", ASSOCIATION, "namespace", to="jupyterhub"),
        resource("cluster", "aws_iam_role", "assume_role_policy", to=OIDC),
    ],
)
def test_d02_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """Two spellings of an account, a role for users and a trust by name are found."""
    assert unusable_roles(rich.spoilt(mistake)) != []


def exclusive_attachments(whole: Whole) -> list[str]:
    """Return what takes policies away from roles of others."""
    found = sorted(whole.kinds() & EXCLUSIVE)
    roles = whole.resources("aws_iam_role").items()
    return found + [address for address, body in roles if "managed_policy_arns" in body]


def test_d07_policies_are_attached_one_by_one(whole: Whole) -> None:
    """No attachment claims a policy of the account for itself."""
    assert exclusive_attachments(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        block("identity", "resource", "aws_iam_policy_attachment", "A", to={"roles": ["r"]}),
        resource("cluster", "aws_iam_role", "managed_policy_arns", to=["arn"]),
    ],
)
def test_d07_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """Both forms of an exclusive attachment are found."""
    assert exclusive_attachments(rich.spoilt(mistake)) != []


def weak_metadata(whole: Whole) -> list[str]:
    """Return nodes whose credentials a pod could take, and what else should forbid it."""
    found = []
    for address, body in whole.resources("aws_launch_template").items():
        options = body["metadata_options"]
        if (options["http_tokens"], options["http_put_response_hop_limit"]) != ("required", 1):
            found.append(address)
    for name, spec in whole.nodes("EC2NodeClass").items():
        own = spec["metadataOptions"]
        if (own["httpTokens"], own["httpPutResponseHopLimit"]) != ("required", 1):
            found.append(f"nodes of {name}")
    singleuser = whole.hub["singleuser"]
    if not singleuser["cloudMetadata"]["blockWithIptables"]:
        for name, part in (("hub", whole.hub["hub"]), ("singleuser", singleuser)):
            rules = part["networkPolicy"]["egressAllowRules"]
            found += [f"{name} may ask it" for on in _metadata_rules(rules) if on]
    roles = {each.rpartition(".")[2] for each in whole.resources("aws_iam_role")}
    return found + [name for name in sorted(roles) if "User" in name]


def _metadata_rules(rules: dict[str, bool]) -> Iterable[bool]:
    return (rules.get(key, True) for key in ("cloudMetadataServer", "dnsPortsCloudMetadataServer"))


def test_d13_node_credentials_are_guarded_twice(whole: Whole) -> None:
    """Metadata answers one hop away with a token, and network policies close it as well."""
    assert weak_metadata(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        node("EC2NodeClass", "cpu", "metadataOptions", "httpPutResponseHopLimit", to=2),
        node("EC2NodeClass", "gpu-mig", "metadataOptions", "httpTokens", to="optional"),
        resource(
            *("cluster", "aws_launch_template", "metadata_options", "http_put_response_hop_limit"),
            to=2,
        ),
        value(
            "jupyterhub",
            *("singleuser", "networkPolicy", "egressAllowRules", "cloudMetadataServer"),
        ),
    ],
)
def test_d13_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """A second hop, a service without a token and an open network policy are found."""
    assert weak_metadata(rich.spoilt(mistake)) != []


def needless_reach(whole: Whole) -> list[str]:
    """Return what planning fetches, rights to start any machine, and secrets of all users."""
    fetched = {"http", "external", "github_release"} & whole.kinds("data")
    found = [f"planning fetches by {kind}" for kind in sorted(fetched)]
    for address, each in whole.statements():
        actions = each["Action"] if isinstance(each["Action"], list) else [each["Action"]]
        where = each["Resource"] if isinstance(each["Resource"], list) else [each["Resource"]]
        starts = {"ec2:RunInstances", "ec2:CreateFleet", "ec2:*", "*"} & set(actions)
        if each["Effect"] == "Allow" and starts and "*" in where:
            found.append(f"{address} starts anything anywhere")
    variables = whole.hub["singleuser"].get("extraEnv", {})
    return found + [f"every server has {name}" for name in variables if _is_secret(name)]


def _is_secret(name: str) -> bool:
    return any(word in name.upper() for word in ("TOKEN", "SECRET", "PASSWORD", "KEY"))


def test_d39_nothing_is_fetched_or_given_needlessly(whole: Whole) -> None:
    """Planning works offline, machines are started by tag, and no secret is for everybody."""
    assert needless_reach(whole) == []


ANYWHERE = {"Effect": "Allow", "Action": ["ec2:RunInstances"], "Resource": "*"}


@pytest.mark.parametrize(
    "mistake",
    [
        block("platform", "data", "http", "Manifest", "url", to="https://example.org/x.yaml"),
        resource("karpenter", "aws_iam_policy", "policy", to=json.dumps({"Statement": [ANYWHERE]})),
        value("jupyterhub", "singleuser", "extraEnv", "HF_TOKEN", to="shared-by-all"),
    ],
)
def test_d39_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """A download, a right on everything and a shared token are found."""
    assert needless_reach(rich.spoilt(mistake)) != []
