"""Permissions of the AWS Load Balancer Controller v3.5.0. Pure.

The same sixteen grants as the controller's own ``docs/install/iam_policy.json`` at
v3.5.0, with one difference: where upstream asks that a resource carries the tag
``elbv2.k8s.aws/cluster`` with any value, this asks for the value that the controller
writes, the name of this cluster. So it cannot touch another cluster's load balancers.
"""

from __future__ import annotations

from typing import Any, Final

from stacks.iam import Document, document

CLUSTER_TAG: Final = "elbv2.k8s.aws/cluster"
SERVICE_ACCOUNT: Final = "aws-load-balancer-controller"

_DESCRIBE_EC2: Final = (
    "DescribeAccountAttributes DescribeAddresses DescribeAvailabilityZones DescribeCoipPools "
    "DescribeInstances DescribeInternetGateways DescribeIpamPools DescribeNetworkInterfaces "
    "DescribeRouteTables DescribeSecurityGroups DescribeSubnets DescribeTags "
    "DescribeVpcPeeringConnections DescribeVpcs GetCoipPoolUsage GetSecurityGroupsForVpc"
)
_DESCRIBE_BALANCING: Final = (
    "DescribeCapacityReservation DescribeListenerAttributes DescribeListenerCertificates "
    "DescribeListeners DescribeLoadBalancerAttributes DescribeLoadBalancers DescribeRules "
    "DescribeSSLPolicies DescribeTags DescribeTargetGroupAttributes DescribeTargetGroups "
    "DescribeTargetHealth DescribeTrustStores"
)
_CHANGE_OWN: Final = (
    "DeleteLoadBalancer DeleteTargetGroup ModifyCapacityReservation ModifyIpPools "
    "ModifyListenerAttributes ModifyLoadBalancerAttributes ModifyTargetGroup "
    "ModifyTargetGroupAttributes SetIpAddressType SetSecurityGroups SetSubnets"
)
_CHANGE_LISTENERS: Final = (
    "AddListenerCertificates ModifyListener ModifyRule RemoveListenerCertificates "
    "SetRulePriorities SetWebAcl"
)


def load_balancer_policy(cluster_name: str, partition: str) -> Document:
    """Return the controller's policy for one cluster.

    Args:
        cluster_name: Name of the EKS cluster (chart value ``clusterName``).
        partition: ARN partition.
    """
    return document(
        *_reads(),
        *_security_groups(cluster_name, partition),
        *_load_balancers(cluster_name, partition),
    )


def _actions(service: str, names: str) -> list[str]:
    return [f"{service}:{name}" for name in names.split()]


def _allow(
    sid: str, actions: list[str], resource: str | list[str] = "*", **condition: Any
) -> dict[str, Any]:
    statement = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


def _reads() -> list[dict[str, Any]]:
    return [
        _allow(
            "ServiceLinkedRole",
            ["iam:CreateServiceLinkedRole"],
            StringEquals={"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"},
        ),
        _allow(
            "Describe",
            _actions("ec2", _DESCRIBE_EC2) + _actions("elasticloadbalancing", _DESCRIBE_BALANCING),
        ),
        _allow(
            "CertificatesFirewallsAndLogins",
            [
                *_actions("acm", "DescribeCertificate ListCertificates"),
                "cognito-idp:DescribeUserPoolClient",
                *_actions("iam", "GetServerCertificate ListServerCertificates"),
                *_actions("shield", "CreateProtection DeleteProtection"),
                *_actions("shield", "DescribeProtection GetSubscriptionState"),
                *(
                    f"{firewall}:{name}"
                    for firewall in ("waf-regional", "wafv2")
                    for name in (
                        "AssociateWebACL",
                        "DisassociateWebACL",
                        "GetWebACL",
                        "GetWebACLForResource",
                    )
                ),
            ],
        ),
    ]


def _security_groups(cluster: str, partition: str) -> list[dict[str, Any]]:
    groups = f"arn:{partition}:ec2:*:*:security-group/*"
    return [
        # On any group: it opens the nodes' group, which is not its own, to the balancer.
        _allow(
            "OpenNodesToBalancers",
            _actions("ec2", "AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress"),
        ),
        _allow("CreateGroups", ["ec2:CreateSecurityGroup"]),
        _allow(
            "TagNewGroups",
            ["ec2:CreateTags"],
            groups,
            StringEquals={
                "ec2:CreateAction": "CreateSecurityGroup",
                f"aws:RequestTag/{CLUSTER_TAG}": cluster,
            },
        ),
        _allow(
            "TagOwnGroups",
            _actions("ec2", "CreateTags DeleteTags"),
            groups,
            **_own_without_retagging(cluster),
        ),
        _allow(
            "ChangeOwnGroups",
            _actions(
                "ec2",
                "AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress DeleteSecurityGroup",
            ),
            **_own(cluster),
        ),
    ]


def _load_balancers(cluster: str, partition: str) -> list[dict[str, Any]]:
    service = "elasticloadbalancing"
    base = f"arn:{partition}:{service}:*:*:"
    kinds = ("net", "app")
    balancers = [f"{base}loadbalancer/{kind}/*/*" for kind in kinds]
    targets = f"{base}targetgroup/*/*"
    listeners = [f"{base}listener/{kind}/*/*/*" for kind in kinds]
    rules = [f"{base}listener-rule/{kind}/*/*/*" for kind in kinds]
    created = {f"aws:RequestTag/{CLUSTER_TAG}": cluster}
    return [
        _allow(
            "Create",
            _actions(service, "CreateLoadBalancer CreateTargetGroup"),
            StringEquals=created,
        ),
        _allow(
            "Listeners",
            _actions(service, "CreateListener CreateRule DeleteListener DeleteRule"),
        ),
        _allow(
            "TagOwn",
            _actions(service, "AddTags RemoveTags"),
            [targets, *balancers],
            **_own_without_retagging(cluster),
        ),
        _allow("TagListeners", _actions(service, "AddTags RemoveTags"), [*listeners, *rules]),
        _allow("ChangeOwn", _actions(service, _CHANGE_OWN), **_own(cluster)),
        _allow(
            "TagNew",
            [f"{service}:AddTags"],
            [targets, *balancers],
            StringEquals={
                f"{service}:CreateAction": ["CreateTargetGroup", "CreateLoadBalancer"],
                **created,
            },
        ),
        _allow("Targets", _actions(service, "DeregisterTargets RegisterTargets"), targets),
        _allow("ChangeListeners", _actions(service, _CHANGE_LISTENERS)),
    ]


def _own(cluster: str) -> dict[str, Any]:
    return {"StringEquals": {f"aws:ResourceTag/{CLUSTER_TAG}": cluster}}


def _own_without_retagging(cluster: str) -> dict[str, Any]:
    return {**_own(cluster), "Null": {f"aws:RequestTag/{CLUSTER_TAG}": "true"}}
