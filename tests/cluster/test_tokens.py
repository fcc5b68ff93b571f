"""EKS tokens: the API server lets in whom the access entries of the embedded EKS name."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.aws.session import Clients
from jupyterhub_eks.aws.token import make_token
from jupyterhub_eks.local import supervisor
from jupyterhub_eks.local.cluster import control_plane
from tests.cluster.planes import Plane

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.local.cluster.programs import Build

REGION = "us-west-2"
CLUSTER = "demo"
ROOT = "arn:aws:iam::000000000000:root"
ROLE = "arn:aws:iam::000000000000:role"
ADMIN_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
VIEW_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}


@pytest.fixture(scope="module")
def eks_plane(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    """A control plane whose cluster the embedded AWS of the same work folder has."""
    root = tmp_path_factory.mktemp("eks")
    found = Plane(root, build, name=CLUSTER, region=REGION)
    try:
        make_cluster(Clients(REGION, supervisor.ensure_running(root).env))
        found.start()
        yield found
    finally:
        control_plane.reset_all(root)
        supervisor.stop(root)


@pytest.fixture
def env(eks_plane: Plane) -> dict[str, str]:
    """Environment of the embedded AWS's root."""
    return dict(supervisor.ensure_running(eks_plane.root).env)


def make_cluster(clients: Clients) -> None:
    ec2 = clients.get("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.9.{index}.0/24", AvailabilityZone=f"{REGION}{zone}"
        )["Subnet"]["SubnetId"]
        for index, zone in enumerate("ab")
    ]
    clients.get("eks").create_cluster(
        name=CLUSTER,
        roleArn=f"{ROLE}/cluster",
        resourcesVpcConfig={"subnetIds": subnets},
        accessConfig={"authenticationMode": "API"},
    )


def assume(env: dict[str, str], role: str, path: str = "/") -> dict[str, str]:
    """Make a role and return the environment of a session of it."""
    clients = Clients(REGION, env)
    clients.get("iam").create_role(
        RoleName=role, Path=path, AssumeRolePolicyDocument=json.dumps(TRUST)
    )
    keys = clients.get("sts").assume_role(
        RoleArn=f"{ROLE}{path}{role}", RoleSessionName="alice@example.org"
    )["Credentials"]
    return {
        **env,
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }


def review(plane: Plane, token: str) -> tuple[int, Any]:
    """Ask the API who shows ``token``."""
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    status, answer = plane.post(
        "/apis/authentication.k8s.io/v1/selfsubjectreviews", body, token=token
    )
    return status, answer["status"]["userInfo"] if status == 201 else None


def may_delete_nodes(plane: Plane, token: str) -> bool:
    """Ask the API whether the owner of ``token`` may do what only administrators may."""
    wish = {"resourceAttributes": {"verb": "delete", "resource": "nodes"}}
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": wish,
    }
    _, answer = plane.post(
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body, token=token
    )
    return bool(answer["status"]["allowed"])


def test_the_creator_of_the_cluster_is_its_administrator(
    eks_plane: Plane, env: dict[str, str]
) -> None:
    """Whoever made the cluster gets in and may do everything, as on EKS."""
    token = make_token(CLUSTER, REGION, env).text

    status, user = review(eks_plane, token)

    assert (status, user["username"]) == (201, ROOT)
    assert may_delete_nodes(eks_plane, token)


def test_a_role_without_an_entry_is_nobody(eks_plane: Plane, env: dict[str, str]) -> None:
    """An identity of the same account is refused while no entry names it."""
    token = make_token(CLUSTER, REGION, assume(env, "stranger")).text

    assert review(eks_plane, token)[0] == 401


def test_a_role_with_the_administrators_policy_may_everything(
    eks_plane: Plane, env: dict[str, str]
) -> None:
    """The entry names the role with its path; its session, which has none, gets in by it."""
    role = assume(env, "admin", "/team/")
    eks = Clients(REGION, env).get("eks")
    principal = f"{ROLE}/team/admin"
    eks.create_access_entry(clusterName=CLUSTER, principalArn=principal)
    eks.associate_access_policy(
        clusterName=CLUSTER,
        principalArn=principal,
        policyArn=ADMIN_POLICY,
        accessScope={"type": "cluster"},
    )
    token = make_token(CLUSTER, REGION, role).text

    status, user = review(eks_plane, token)

    assert status == 201
    assert user["username"].endswith(":assumed-role/admin/alice@example.org")
    assert user["extra"]["canonicalArn"] == [principal]
    assert may_delete_nodes(eks_plane, token)


@pytest.mark.parametrize(
    ("name", "policy", "scope"),
    [
        ("viewer", VIEW_POLICY, {"type": "cluster"}),
        ("tenant", ADMIN_POLICY, {"type": "namespace", "namespaces": ["default"]}),
    ],
)
def test_lesser_policies_make_no_administrator(
    eks_plane: Plane, env: dict[str, str], name: str, policy: str, scope: Any
) -> None:
    """A policy to look, or for one namespace, lets in and allows nothing more here."""
    role = assume(env, name)
    eks = Clients(REGION, env).get("eks")
    eks.create_access_entry(clusterName=CLUSTER, principalArn=f"{ROLE}/{name}")
    eks.associate_access_policy(
        clusterName=CLUSTER, principalArn=f"{ROLE}/{name}", policyArn=policy, accessScope=scope
    )
    token = make_token(CLUSTER, REGION, role).text

    assert review(eks_plane, token)[0] == 201
    assert not may_delete_nodes(eks_plane, token)


def test_groups_of_an_entry_are_those_of_the_user(eks_plane: Plane, env: dict[str, str]) -> None:
    """Groups are given as written, except those that Kubernetes keeps for itself."""
    role = assume(env, "grouped")
    Clients(REGION, env).get("eks").create_access_entry(
        clusterName=CLUSTER,
        principalArn=f"{ROLE}/grouped",
        username="person:{{SessionName}}",
        kubernetesGroups=["teachers", "system:masters"],
    )

    status, user = review(eks_plane, make_token(CLUSTER, REGION, role).text)

    assert (status, user["username"]) == (201, "person:alice-example.org")
    assert user["groups"] == ["teachers", "system:authenticated"]


@pytest.mark.parametrize(
    "change",
    [
        {"AWS_SECRET_ACCESS_KEY": "guessed"},
        {"AWS_ACCESS_KEY_ID": "AKIAUNKNOWN"},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
        {"AWS_ENDPOINT_URL": "https://sts.us-west-2.amazonaws.com"},
    ],
)
def test_what_was_not_signed_here_is_refused(
    eks_plane: Plane, env: dict[str, str], change: dict[str, str]
) -> None:
    """Neither a guessed secret, nor an unknown key, nor another place to ask is accepted."""
    assert review(eks_plane, make_token(CLUSTER, REGION, {**env, **change}).text)[0] == 401


def test_a_token_for_another_cluster_is_refused(eks_plane: Plane, env: dict[str, str]) -> None:
    """Its owner is an administrator here, but it was made for another door."""
    assert review(eks_plane, make_token("other", REGION, env).text)[0] == 401


def repacked(token: str, pattern: str, text: str) -> str:
    """The token with a part of its request replaced."""
    packed = token.partition(".")[2]
    url = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    changed, count = re.subn(pattern, text, url)
    assert count == 1
    return f"k8s-aws-v1.{base64.urlsafe_b64encode(changed.encode()).decode().rstrip('=')}"


def test_an_old_token_is_refused(eks_plane: Plane, env: dict[str, str]) -> None:
    """After 15 minutes it is worthless; an earlier date would not fit its signature either."""
    old = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() - 16 * 60))
    token = repacked(make_token(CLUSTER, REGION, env).text, r"(?<=X-Amz-Date=)\d{8}T\d{6}Z", old)

    assert review(eks_plane, token)[0] == 401
    log = (eks_plane.root / "local-cluster" / CLUSTER / "logs" / "authenticator.log").read_text()
    assert "refused a token: it expired at" in log


def test_another_action_is_refused(eks_plane: Plane, env: dict[str, str]) -> None:
    """A token cannot make the cluster do something else in its owner's name."""
    token = repacked(make_token(CLUSTER, REGION, env).text, "GetCallerIdentity", "GetSessionToken")

    assert review(eks_plane, token)[0] == 401


def test_nobody_gets_in_while_the_account_is_away(eks_plane: Plane, env: dict[str, str]) -> None:
    """Without the embedded AWS nobody can be recognised; afterwards it goes on."""
    token = make_token(CLUSTER, REGION, env).text
    supervisor.stop(eks_plane.root)

    assert review(eks_plane, token)[0] == 401

    env = dict(supervisor.ensure_running(eks_plane.root).env)
    assert review(eks_plane, make_token(CLUSTER, REGION, env).text)[0] == 201


def test_the_command_makes_the_same_token(eks_plane: Plane, env: dict[str, str]) -> None:
    """``jhub token`` prints what a Kubernetes client expects of a plug-in, and nothing else."""
    done = subprocess.run(
        [sys.executable, "-m", "jupyterhub_eks", "token", "--cluster", CLUSTER, "--region", REGION],
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    document = json.loads(done.stdout)

    assert done.stderr == ""
    assert document["kind"] == "ExecCredential"
    assert review(eks_plane, document["status"]["token"])[0] == 201


def test_the_webhook_answers_nobody_else(eks_plane: Plane) -> None:
    """Without a certificate of the cluster the authenticator cannot be asked."""
    report = control_plane.status(eks_plane.root, CLUSTER)
    (port,) = [each.port for each in report.components if each.name == "authenticator"]
    done = subprocess.run(
        [sys.executable, "-c", _ASK, str(port)], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert "SSL" in done.stderr or "RemoteDisconnected" in done.stderr


_ASK = """
import ssl, sys, urllib.request
trust = ssl.create_default_context()
trust.check_hostname = False
trust.verify_mode = ssl.CERT_NONE
print(urllib.request.urlopen(f"https://127.0.0.1:{sys.argv[1]}/healthz", context=trust).read())
"""
