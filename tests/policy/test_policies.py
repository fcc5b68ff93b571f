"""The policy scanners over two deployments: the plain one and one with every option."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.synth import synthesize
from tests.support.hub import DOMAIN, FEDERATED

if TYPE_CHECKING:
    from collections.abc import Callable

PYTHON = os.environ.get("JHUB_POLICY_PYTHON", "")
CHECK = Path(__file__).with_name("check.py")
EXCEPTIONS = CHECK.parents[2] / "docs" / "policy-exceptions.yaml"
KEY = "arn:aws:kms:us-west-2:123456789012:key/11111111-2222-3333-4444-555555555555"
COGNITO = {"auth": {"type": "cognito"}, "access": {"domain": "hub.example.org"}}
EVERY_OPTION = {
    "account": "123456789012",
    "tags": {"team": "research"},
    "network": {
        "nat": "per-zone",
        "secondary_cidr": "100.64.0.0/16",
        "interface_endpoints": ["ecr.api", "eks-auth"],
    },
    "cluster": {
        "kms_key_arn": KEY,
        "admins": ["arn:aws:iam::123456789012:role/Admin"],
        "public_access_cidrs": ["203.0.113.0/24"],
        "prefix_delegation": True,
    },
    "storage": {"kms_key_arn": KEY},
    "state": {"backend": "s3"},
    "auth": FEDERATED,
    "access": DOMAIN,
}

pytestmark = pytest.mark.skipif(
    not PYTHON,
    reason="JHUB_POLICY_PYTHON does not name the Python of the policy environment "
    "(requirements/policy.txt); ./tests/run sets it",
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Both deployments, synthesized."""
    root = tmp_path_factory.mktemp("policy")
    for name, sections in (("plain", COGNITO), ("options", EVERY_OPTION)):
        settings = DeploymentFile.model_validate(sections)
        synthesize(
            Deployment(settings=settings, profiles=ProfilesFile()), root / name, protect_data=True
        )
    return (root / "plain", root / "options")


def check(*folders: Path, exceptions: Path = EXCEPTIONS) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PYTHON, str(CHECK), "--exceptions", str(exceptions), *map(str, folders)],
        capture_output=True,
        text=True,
        check=False,
    )


def spoil(folder: Path, target: Path, stack: str, change: Callable[[Any], object]) -> Path:
    """Copy a synthesized folder and change the resources of one stack."""
    shutil.copytree(folder, target)
    file = target / "stacks" / stack / "cdk.tf.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    change(content["resource"])
    file.write_text(json.dumps(content), encoding="utf-8")
    return target


def test_every_finding_has_its_reason(folders: tuple[Path, ...]) -> None:
    """Neither scanner finds anything that is not explained, and no explanation is left over."""
    done = check(*folders)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_misspelled_action_is_found(folders: tuple[Path, ...], tmp_path: Path) -> None:
    """An action that IAM does not know fails, with the policy's address."""

    def misspell(resources: Any) -> None:
        policy = resources["aws_iam_policy"]["KarpenterInterruptionPolicy"]
        policy["policy"] = policy["policy"].replace("sqs:DeleteMessage", "sqs:DeletMessage")

    done = check(spoil(folders[0], tmp_path / "bad", "karpenter", misspell), folders[1])
    assert done.returncode == 1
    assert "KarpenterInterruptionPolicy" in done.stdout
    assert "sqs:DeletMessage" in done.stdout


def test_a_second_unknown_action_is_not_excused_by_the_first(
    folders: tuple[Path, ...], tmp_path: Path
) -> None:
    """An exception from an unknown action names the action, not the statement alone."""

    def misspell(resources: Any) -> None:
        policy = resources["aws_iam_policy"]["LoadBalancerControllerPolicy"]
        policy["policy"] = policy["policy"].replace(":DeleteLoadBalancer", ":DeleteLodBalancer")

    done = check(spoil(folders[0], tmp_path / "bad", "karpenter", misspell), folders[1])
    assert done.returncode == 1
    assert "DeleteLodBalancer" in done.stdout


def test_an_unencrypted_queue_is_found(folders: tuple[Path, ...], tmp_path: Path) -> None:
    """A resource that loses a safe setting fails, with its address."""
    spoiled = spoil(
        folders[0],
        tmp_path / "bad",
        "interruption",
        lambda resources: resources["aws_sqs_queue"]["InterruptionQueue"].update(
            sqs_managed_sse_enabled=False
        ),
    )
    done = check(spoiled, folders[1])
    assert done.returncode == 1
    assert "interruption aws_sqs_queue.InterruptionQueue" in done.stdout


def test_an_exception_without_a_finding_fails(folders: tuple[Path, ...], tmp_path: Path) -> None:
    """A reason outlives what it excused by no run."""
    entry = (
        "\n- tool: checkov\n  check: CKV_AWS_27\n"
        "  resources: [interruption aws_sqs_queue.InterruptionQueue]\n"
        "  reason: It was not encrypted at the time of writing.\n"
    )
    file = tmp_path / "exceptions.yaml"
    file.write_text(EXCEPTIONS.read_text(encoding="utf-8") + entry, encoding="utf-8")
    done = check(*folders, exceptions=file)
    assert done.returncode == 1
    assert "no longer needed: checkov CKV_AWS_27" in done.stdout


def test_an_empty_folder_does_not_pass(tmp_path: Path) -> None:
    """Nothing to scan is a failure, not a success."""
    done = check(tmp_path)
    assert done.returncode != 0
    assert "no synthesized stacks" in done.stderr
