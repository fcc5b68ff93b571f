"""Who somebody is on the embedded AWS: signatures that STS checks, and who makes a cluster."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from jupyterhub_eks.aws.session import Clients
from jupyterhub_eks.aws.token import Token, make_token
from jupyterhub_eks.local import supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator

REGION = "us-west-2"
ROOT = "arn:aws:iam::000000000000:root"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
    ],
}


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Environment of an embedded AWS."""
    work = tmp_path_factory.mktemp("identity")
    try:
        yield dict(supervisor.ensure_running(work).env)
    finally:
        supervisor.stop(work)


def send(token: Token, cluster: str) -> tuple[int, str]:
    """Send the request of a token as a cluster named ``cluster`` would."""
    packed = token.text.partition(".")[2]
    url = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    request = Request(url, headers={"x-k8s-aws-id": cluster})  # noqa: S310 - our own token
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def role_environment(env: dict[str, str]) -> dict[str, str]:
    """Environment of a role that was assumed."""
    clients = Clients(REGION, env)
    clients.get("iam").create_role(
        RoleName="admin", Path="/team/", AssumeRolePolicyDocument=json.dumps(TRUST)
    )
    keys = clients.get("sts").assume_role(
        RoleArn="arn:aws:iam::000000000000:role/team/admin", RoleSessionName="alice"
    )["Credentials"]
    return {
        **env,
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }


def test_a_signed_request_tells_who_signed(env: dict[str, str]) -> None:
    """The root's token names the root, a role's token names the role's session."""
    status, body = send(make_token("demo", REGION, env), "demo")
    assert (status, f"<Arn>{ROOT}</Arn>" in body) == (200, True)

    status, body = send(make_token("demo", REGION, role_environment(env)), "demo")
    assert (status, ":assumed-role/admin/alice</Arn>" in body) == (200, True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "guessed"}, "SignatureDoesNotMatch"),
        ({"AWS_ACCESS_KEY_ID": "AKIAUNKNOWN"}, "InvalidClientTokenId"),
        ({"AWS_SESSION_TOKEN": "invented"}, "InvalidClientTokenId"),
    ],
)
def test_what_is_not_signed_with_its_secret_is_refused(
    env: dict[str, str], change: dict[str, str], code: str
) -> None:
    """Knowing an access key is not having it."""
    status, body = send(make_token("demo", REGION, {**env, **change}), "demo")

    assert (status, f"<Code>{code}</Code>" in body) == (403, True)


def test_a_token_is_for_one_cluster(env: dict[str, str]) -> None:
    """Another cluster cannot use it, because the name is signed."""
    status, body = send(make_token("demo", REGION, env), "other")

    assert (status, "SignatureDoesNotMatch" in body) == (403, True)


def test_the_creator_of_a_cluster_is_its_administrator(env: dict[str, str]) -> None:
    """EKS lists an access entry with the administrator's policy for whoever made the cluster."""
    clients = Clients(REGION, env)
    eks: Any = clients.get("eks")
    ec2 = clients.get("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.9.{index}.0/24", AvailabilityZone=f"{REGION}{zone}"
        )["Subnet"]["SubnetId"]
        for index, zone in enumerate("ab")
    ]
    eks.create_cluster(
        name="made",
        roleArn="arn:aws:iam::000000000000:role/any",
        resourcesVpcConfig={"subnetIds": subnets},
        accessConfig={"authenticationMode": "API"},
    )

    assert eks.list_access_entries(clusterName="made")["accessEntries"] == [ROOT]
    (policy,) = eks.list_associated_access_policies(clusterName="made", principalArn=ROOT)[
        "associatedAccessPolicies"
    ]
    assert policy["policyArn"].endswith("/AmazonEKSClusterAdminPolicy")
    assert policy["accessScope"]["type"] == "cluster"
