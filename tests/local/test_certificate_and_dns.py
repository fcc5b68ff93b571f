"""Certificate and DNS record through the real Terraform, with and without a load balancer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from jupyterhub_eks.local import supervisor
from jupyterhub_eks.naming import DEPLOYMENT_TAG
from jupyterhub_eks.tools.providers import provider_environment
from jupyterhub_eks.tools.terraform_binary import find_terraform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGION = "us-west-2"
NAME = "dns-test"
HOST = "hub.example.org"
OWNER = {
    "elbv2.k8s.aws/cluster": NAME,
    "service.k8s.aws/stack": "jupyterhub/proxy-public",
    DEPLOYMENT_TAG: NAME,
}
_SYNTHESIZE = """
import sys
from pathlib import Path
from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.synth import synthesize

name, host, out = sys.argv[1:]
settings = DeploymentFile.model_validate(
    {
        "name": name,
        "auth": {"type": "cognito"},
        "access": {"domain": host, "hosted_zone": "example.org"},
    }
)
deployment = Deployment(settings=settings, profiles=ProfilesFile())
synthesize(deployment, Path(out), protect_data=False)
"""


class Aws:
    """An embedded AWS with a hosted zone, and the stacks that use it.

    Args:
        folder: Where the stacks are.
        env: Variables that lead Terraform and boto3 to the embedded AWS.
    """

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self._folder = folder
        self._env = env
        self.zone_id = self.client("route53").create_hosted_zone(
            Name="example.org", CallerReference="test"
        )["HostedZone"]["Id"]

    def client(self, service: str) -> Any:
        """Return a client of the embedded AWS."""
        return boto3.client(
            service,
            endpoint_url=self._env["AWS_ENDPOINT_URL"],
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def terraform(self, stack: str, *arguments: str) -> str:
        """Run Terraform in a stack and return what it says."""
        done = subprocess.run(
            [str(find_terraform()), *arguments],
            cwd=self._folder / "stacks" / stack,
            env=self._env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def apply(self, stack: str) -> dict[str, Any]:
        """Apply a stack and return its outputs."""
        self.terraform(stack, "init", "-input=false")
        self.terraform(stack, "apply", "-auto-approve", "-input=false")
        outputs = json.loads(self.terraform(stack, "output", "-json"))
        return {name: each["value"] for name, each in outputs.items()}

    def is_settled(self, stack: str) -> bool:
        """Return whether a plan changes nothing."""
        return "No changes" in self.terraform(stack, "plan", "-input=false")

    def records(self) -> dict[str, str]:
        """Return the zone's records by name: what an alias leads to, or the first value."""
        found = self.client("route53").list_resource_record_sets(HostedZoneId=self.zone_id)
        return {
            each["Name"].rstrip("."): each["AliasTarget"]["DNSName"]
            if "AliasTarget" in each
            else each["ResourceRecords"][0]["Value"]
            for each in found["ResourceRecordSets"]
            if each["Type"] not in {"NS", "SOA"}
        }

    def make_load_balancer(self) -> tuple[str, str]:
        """Make one as the controller does; return ARN and name."""
        ec2 = self.client("ec2")
        subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        made = self.client("elbv2").create_load_balancer(
            Name="k8s-jupyterh-proxypub",
            Type="network",
            Subnets=[subnet],
            Tags=[{"Key": key, "Value": value} for key, value in OWNER.items()],
        )["LoadBalancers"][0]
        return made["LoadBalancerArn"], made["DNSName"]


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Aws]:
    """Synthesized stacks beside an embedded AWS of their own."""
    out = tmp_path / "terraform"
    subprocess.run([sys.executable, "-c", _SYNTHESIZE, NAME, HOST, str(out)], check=True)
    for stack in (out / "stacks").iterdir():
        if stack.name not in {"certificate", "dns"}:
            shutil.rmtree(stack)
    running = supervisor.ensure_running(tmp_path)
    source = provider_environment(tmp_path)
    env = {**os.environ, **running.env, **source.env, "CHECKPOINT_DISABLE": "1", "NO_COLOR": "1"}
    yield Aws(out, env)
    supervisor.stop(tmp_path)


def test_certificate_is_proven_and_goes(aws: Aws) -> None:
    """The record that proves the domain is made in the zone, and removed with the stack."""
    outputs = aws.apply("certificate")
    assert outputs["certificate_arn"].startswith("arn:aws:acm:us-west-2:")
    assert list(aws.records()) == [outputs["validation_name"].rstrip(".")]
    issued = aws.client("acm").describe_certificate(CertificateArn=outputs["certificate_arn"])
    assert issued["Certificate"]["Status"] == "ISSUED"
    assert aws.is_settled("certificate")
    aws.terraform("certificate", "destroy", "-auto-approve", "-input=false")
    assert aws.records() == {}
    assert aws.client("acm").list_certificates()["CertificateSummaryList"] == []


def test_record_follows_the_load_balancer(aws: Aws) -> None:
    """None is reported and no failure; one gets the record; gone again, destroy still works."""
    assert aws.apply("dns")["load_balancer"] == ""
    assert aws.records() == {}

    arn, name = aws.make_load_balancer()
    outputs = aws.apply("dns")
    assert outputs["load_balancer"] == name
    assert outputs["record"] == HOST
    assert aws.records()[HOST].rstrip(".") == name
    assert aws.is_settled("dns")

    aws.client("elbv2").delete_load_balancer(LoadBalancerArn=arn)
    aws.terraform("dns", "destroy", "-auto-approve", "-input=false")
    assert aws.records() == {}
