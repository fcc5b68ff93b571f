"""Two deployments share one embedded account; each comes and goes without the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.local.aws_api import leftovers

if TYPE_CHECKING:
    from tests.support.command import Jhub


def test_two_deployments_live_and_end_independently(jhub: Jhub) -> None:
    """One name is a prefix of the other, and destroying the one leaves the other whole."""
    (jhub.folder / "jhub.yaml").unlink()
    (jhub.folder / "profiles.yaml").unlink()
    runs = [
        jhub.start("deploy", "--local", "--yes", "--name", name, "--auth", "dummy", "--json")
        for name in ("lab", "lab-two")
    ]
    for run in runs:
        out, err = run.communicate(timeout=600)
        assert run.returncode == 0, out + err

    report = jhub.json("destroy", "--local", "--yes", "--name", "lab")

    assert report["left"] == []
    assert jhub.json("plan", "--local", "--name", "lab-two", "--exit-code")["has_changes"] is False
    jhub.run("destroy", "--local", "--yes", "--name", "lab-two")
    endpoint = str(jhub.json("local", "start")["endpoint"])
    assert leftovers(endpoint, "us-west-2", "lab") == []


def test_defaults_and_flags_are_enough(jhub: Jhub) -> None:
    """With no file, flags add Cognito and a certificate to a deployment; no resource changes."""
    first = jhub.json("deploy", "--local", "--yes")
    second = jhub.json(
        "deploy", "--local", "--yes", "--auth", "cognito", "--domain", "hub.example.org"
    )

    before = {stack["stack"] for stack in first["stacks"]}
    new = [stack for stack in second["stacks"] if stack["stack"] not in before]
    assert {stack["stack"]: stack["result"] for stack in new} == {
        "identity": "created",
        "certificate": "created",
    }
    old = [stack for stack in second["stacks"] if stack["stack"] in before]
    assert sum(each["added"] + each["changed"] + each["removed"] for each in old) == 0
    jhub.run("destroy", "--local", "--yes")
