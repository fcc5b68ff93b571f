"""The whole life of a deployment on the embedded AWS; the tests run in order."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from tests.local.aws_api import leftovers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command import Jhub

AWS_HALF = {
    *("network", "cluster", "storage", "identity", "interruption", "karpenter", "certificate")
}
KUBERNETES_HALF = {"platform", "hub", "dns"}
NAME = "jupyterhub-on-eks"
REGION = "us-west-2"


def _endpoint(jhub: Jhub) -> str:
    return str(jhub.json("local", "start")["endpoint"])


def test_deploy_without_a_terminal_creates_the_aws_half(jhub: Jhub) -> None:
    """The quickstart deploys to at least 80 resources without a prompt."""
    report = jhub.json("deploy", "--local")

    assert {stack["stack"] for stack in report["stacks"]} == AWS_HALF
    assert sum(stack["added"] for stack in report["stacks"]) >= 80


def test_the_kubernetes_half_is_reported_as_not_applied(jhub: Jhub) -> None:
    """Without a Kubernetes on this machine nothing is called deployed that is not."""
    unapplied = jhub.json("plan", "--local")["unapplied"]

    assert set(unapplied) == KUBERNETES_HALF
    assert all("local cluster build" in reason for reason in unapplied.values())


def test_status_lists_every_stack_as_applied(jhub: Jhub) -> None:
    """Status counts what the state files hold, and names what is not there."""
    status = jhub.json("status", "--local")

    expected = dict.fromkeys(AWS_HALF, "applied") | dict.fromkeys(KUBERNETES_HALF, "absent")
    assert {stack["stack"]: stack["state"] for stack in status["stacks"]} == expected


def test_second_plan_is_empty(jhub: Jhub) -> None:
    """What was deployed is what was asked for: exit code 0 means no changes."""
    plan = jhub.json("plan", "--local", "--exit-code")

    assert [stack["changes"] for stack in plan["stacks"]] == [[]] * len(AWS_HALF)


def test_terraform_works_by_hand_in_a_stack_folder(jhub: Jhub, terraform: Path) -> None:
    """The synthesized output is plain Terraform."""
    folder = jhub.folder / ".jhub" / "local" / NAME / "terraform" / "stacks" / "network"
    env = jhub.env | jhub.json("local", "start")["env"]
    for command in (["validate"], ["plan", "-input=false", "-detailed-exitcode"]):
        finished = subprocess.run(
            [str(terraform), *command],
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr


def test_ejected_stacks_are_the_synthesized_ones(jhub: Jhub) -> None:
    """Eject writes every stack and a README that names the order."""
    jhub.run("eject", "ejected", "--local")

    ejected = jhub.folder / "ejected"
    assert {path.parent.name for path in ejected.glob("stacks/*/cdk.tf.json")} == (
        AWS_HALF | KUBERNETES_HALF
    )
    assert "terraform init" in (ejected / "README.md").read_text()


def test_a_storage_key_changes_the_storage_stack_only(jhub: Jhub) -> None:
    """Changing ``backup_days`` leaves the other stacks alone."""
    path = jhub.folder / "jhub.yaml"
    path.write_text(path.read_text() + "\nstorage: {backup_days: 14}\n")

    report = jhub.json("deploy", "--local", "--yes")

    touched = {each["stack"] for each in report["stacks"] if each["result"] != "unchanged"}
    assert touched == {"storage"}


def test_destroy_leaves_nothing(jhub: Jhub) -> None:
    """Destroy reports 0 left, and the embedded AWS's own API agrees."""
    report = jhub.json("destroy", "--local", "--yes")

    assert (report["left"], report["kept"]) == ([], [])
    assert leftovers(_endpoint(jhub), REGION, NAME) == []


def test_destroy_of_nothing_succeeds(jhub: Jhub) -> None:
    """Destroying again is no error."""
    assert jhub.json("destroy", "--local", "--yes")["left"] == []


def test_kept_data_is_adopted_by_the_next_deploy(jhub: Jhub) -> None:
    """The file system survives a destroy that keeps data, and the next deploy takes it back."""
    first = jhub.json("deploy", "--local", "--yes")["outputs"]["storage"]["file_system_id"]
    kept = jhub.json("destroy", "--local", "--yes", "--keep-data")["kept"]
    second = jhub.json("deploy", "--local", "--yes")["outputs"]["storage"]["file_system_id"]

    assert first in json.dumps(kept)
    assert second == first
    jhub.run("destroy", "--local", "--yes")
    assert leftovers(_endpoint(jhub), REGION, NAME) == []
