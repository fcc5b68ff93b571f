"""Terraform and the real AWS provider see no difference where a gap is covered.

The stacks' own tests cover the default deployment; this one covers the network
options, in plain Terraform JSON, as nothing but the environment redirects it.
"""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.aws.cloud import AwsCloud
from jupyterhub_eks.local import supervisor
from jupyterhub_eks.tools.providers import provider_environment
from jupyterhub_eks.tools.terraform_binary import find_terraform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGION = "us-west-2"


def document(services: tuple[str, ...], policy_effect: str) -> dict[str, Any]:
    """Return a VPC with a second range, endpoints in it, and EFS with a policy."""
    vpc, group = "${aws_vpc.main.id}", "${aws_security_group.main.id}"
    resources: dict[str, Any] = {
        "aws_vpc": {"main": {"cidr_block": "10.1.0.0/16", "enable_dns_hostnames": True}},
        "aws_vpc_ipv4_cidr_block_association": {
            "second": {"vpc_id": vpc, "cidr_block": "100.64.0.0/16"}
        },
        "aws_subnet": {
            "nodes": {
                "vpc_id": "${aws_vpc_ipv4_cidr_block_association.second.vpc_id}",
                "cidr_block": "100.64.0.0/18",
                "availability_zone": f"{REGION}a",
            }
        },
        "aws_security_group": {"main": {"name": "options", "vpc_id": vpc}},
        "aws_vpc_endpoint": {
            service: {
                "vpc_id": vpc,
                "service_name": f"com.amazonaws.{REGION}.{service}",
                "vpc_endpoint_type": "Interface",
                "private_dns_enabled": True,
                "subnet_ids": ["${aws_subnet.nodes.id}"],
                "security_group_ids": [group],
            }
            for service in services
        },
        "aws_efs_file_system": {"main": {"creation_token": "options", "encrypted": True}},
        "aws_efs_mount_target": {
            "main": {
                "file_system_id": "${aws_efs_file_system.main.id}",
                "subnet_id": "${aws_subnet.nodes.id}",
                "security_groups": [group],
            }
        },
        "aws_efs_file_system_policy": {
            "main": {
                "file_system_id": "${aws_efs_file_system.main.id}",
                "policy": json.dumps(
                    {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": policy_effect,
                                "Principal": {"AWS": "*"},
                                "Action": "elasticfilesystem:ClientWrite",
                            }
                        ],
                    }
                ),
            }
        },
    }
    source = {"source": "hashicorp/aws", "version": ">= 5.100.0, < 7.0.0"}
    provider = {"region": REGION, "default_tags": [{"tags": {"jhub.deployment": "options"}}]}
    return {
        "terraform": {"required_providers": {"aws": source}},
        "provider": {"aws": [provider]},
        "resource": resources,
    }


class Folder:
    """A folder in which Terraform runs against the embedded AWS."""

    def __init__(self, path: Path, env: dict[str, str]) -> None:
        self.path = path
        self.env = env

    def write(self, content: dict[str, Any]) -> None:
        """Replace the configuration."""
        (self.path / "main.tf.json").write_text(json.dumps(content))

    def terraform(self, *arguments: str) -> int:
        """Run a command and return its exit code; 1 fails with Terraform's words."""
        done = subprocess.run(
            [str(find_terraform()), *arguments],
            cwd=self.path,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 1, done.stdout + done.stderr
        return done.returncode


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    """A folder beside an embedded AWS of its own."""
    aws = supervisor.ensure_running(tmp_path)
    work = tmp_path / "options"
    work.mkdir()
    source = provider_environment(work)
    env = {**os.environ, **aws.env, **source.env, "CHECKPOINT_DISABLE": "1", "NO_COLOR": "1"}
    yield Folder(work, env)
    supervisor.stop(tmp_path)


def test_network_options_and_policy_live_a_whole_life(folder: Folder, tmp_path: Path) -> None:
    """Applied, planned empty, changed, planned empty, destroyed to nothing."""
    folder.write(document(("sts", "eks-auth"), "Allow"))
    folder.terraform("init", "-input=false")
    folder.terraform("apply", "-auto-approve", "-input=false")
    assert folder.terraform("plan", "-detailed-exitcode", "-input=false") == 0

    folder.write(document(("sts",), "Deny"))
    assert folder.terraform("plan", "-detailed-exitcode", "-input=false") == 2
    folder.terraform("apply", "-auto-approve", "-input=false")
    assert folder.terraform("plan", "-detailed-exitcode", "-input=false") == 0

    aws = supervisor.ensure_running(tmp_path)
    assert AwsCloud(REGION, aws.env).find_resources("options")
    folder.terraform("destroy", "-auto-approve", "-input=false")
    assert AwsCloud(REGION, aws.env).find_resources("options") == ()
